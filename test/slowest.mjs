// A reporter of Jest: at the end of a run, the tests and the test files that took longest, so that a slow one is seen when it comes.
import { relative } from 'node:path';

const shown = 20;

export default class Slowest {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    if (testResults.length < 2) return;
    const files = testResults.map(({ testFilePath, perfStats: { start, end } }) => ({
      name: relative(this.rootDir, testFilePath),
      seconds: (end - start) / 1000,
    }));
    const tests = testResults.flatMap(({ testFilePath, testResults: all }) =>
      all.map(({ fullName, duration }) => ({
        name: `${relative(this.rootDir, testFilePath)}: ${fullName}`,
        seconds: (duration ?? 0) / 1000,
      })),
    );
    this.print('test files', files);
    this.print('tests', tests);
  }

  print(what, timed) {
    console.error(`\nSlowest ${what} (seconds):`);
    for (const { name, seconds } of timed.sort((a, b) => b.seconds - a.seconds).slice(0, shown))
      console.error(`${seconds.toFixed(1).padStart(7)}  ${name}`);
  }
}

// A reporter of Jest: at the end of a run, the test files that took longest, so that a slow one is seen when it comes.
import { relative } from 'node:path';

const shown = 20;

export default class SlowestFiles {
  constructor({ rootDir }) {
    this.rootDir = rootDir;
  }

  onRunComplete(_contexts, { testResults }) {
    if (testResults.length < 2) return;
    const files = testResults
      .map(({ testFilePath, perfStats: { start, end } }) => ({ testFilePath, seconds: (end - start) / 1000 }))
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, shown);
    console.error(`\nSlowest test files (seconds):`);
    for (const { testFilePath, seconds } of files)
      console.error(`${seconds.toFixed(1).padStart(7)}  ${relative(this.rootDir, testFilePath)}`);
  }
}

import { BenchProgress } from '../../lib/cli/bench-progress';
import type { BenchResults } from '../../lib/cli/bench-results';
import { system } from '../../lib/index';
import { lastLine, outcome, run, start } from './run';
import { screen } from './screen';

// Each command is a process of its own.
jest.setTimeout(60_000);

const tiny = ['bench', '--shapes', '2,3,4,5; 3,1,2,8', '--seconds', '0.001', '--threads', '2'];

function positive(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}

test('all figures as one line of JSON', async () => {
  const { code, stdout, stderr } = await run([...tiny, '--json']);
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  const { machine, precision, peak, reading, layers, streams } = lastLine(stdout) as unknown as BenchResults;
  expect(machine).toMatchObject({
    isa: system.isa,
    isas: system.isas,
    threads: 2,
    node: process.versions.node,
    system: `${process.platform}-${process.arch}`,
  });
  expect(precision).toBe('float32');
  expect(positive(peak)).toBe(true);
  expect(reading.length).toBeGreaterThanOrEqual(2);
  for (const { bytes, gigabytes } of reading) expect(positive(bytes) && positive(gigabytes)).toBe(true);

  expect(layers.map(({ cell, mode, hidden }) => `${cell} ${mode} ${hidden}`)).toEqual(
    ['rnn', 'gru', 'lstm'].flatMap((cell) =>
      ['train', 'infer'].flatMap((mode) => [5, 8].map((hidden) => `${cell} ${mode} ${hidden}`)),
    ),
  );
  for (const { cell, mode, steps, batch, input, hidden, ...row } of layers) {
    const gates = { rnn: 1, gru: 3, lstm: 4, mingru: 2 }[cell];
    const flops = 2 * steps * batch * gates * hidden * (input + hidden) * (mode === 'train' ? 3 : 1);
    expect(row.gigaflops / (flops / row.milliseconds / 1e6)).toBeCloseTo(1, 10);
    expect(row.ofPeak).toBe(row.gigaflops / peak);
    expect(row.timed).toBeGreaterThanOrEqual(3);
    expect(row.spread).toBeGreaterThanOrEqual(0);
  }

  expect(streams.map(({ input, hidden }) => [input, hidden])).toEqual([
    [64, 128],
    [64, 256],
    [256, 512],
  ]);
  for (const { median, p99 } of streams) {
    expect(positive(median)).toBe(true);
    expect(p99).toBeGreaterThanOrEqual(median);
  }
  // A line for each row.
  expect(stderr.trimEnd().split('\n')).toHaveLength(reading.length + layers.length + streams.length);
});

test('the same as tables; streams are of an lstm', async () => {
  const { code, stdout, stderr } = await run([...tiny, '--cells', 'gru', '--quiet']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/instruction set +│ \w+ \(of /);
  expect(stdout).toMatch(/multiply-add peak +│ [\d.,]+ GFLOP\/s/);
  expect(stdout).toMatch(/gru +│ train +│ 2 3 4 5 /);
  expect(stdout).toMatch(/gru +│ infer +│ 3 1 2 8 /);
  expect(stdout).not.toMatch(/rnn|lstm/);
});

test('in bfloat16: layers alone', async () => {
  const { stdout, stderr } = await run([...tiny, '--cells', 'lstm', '--precision', 'bfloat16', '--json']);
  const { precision, peak, layers, streams } = lastLine(stdout) as unknown as BenchResults;
  expect({ precision, streams }).toEqual({ precision: 'bfloat16', streams: [] });
  expect(positive(peak)).toBe(true);
  expect(layers).toHaveLength(4);
  expect(stderr).not.toContain('stream');
});

test('BPTT_ISA chooses the instruction set', async () => {
  const least = system.isas.at(-1)!;
  const { stdout } = await outcome(
    start([...tiny, '--cells', 'rnn', '--json', '--quiet'], [], { BPTT_ISA: least }),
  );
  expect(lastLine(stdout)).toMatchObject({ machine: { isa: least } });
});

test('Ctrl-C ends it, with nothing on standard output', async () => {
  const child = start(['bench', '--seconds', '60', '--cells', 'rnn']);
  const ended = outcome(child);
  let seen = '';
  await new Promise<void>((resolve) => {
    child.stderr!.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.includes('memory') || seen.includes('?')) resolve();
    });
  });
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 130, stdout: '' });
});

test.each<[what: string, args: string[], message: string]>([
  ['an unknown cell', ['--cells', 'rnn,lstn'], 'Expected some of rnn, gru, lstm, mingru'],
  ['no shape', ['--shapes', '1,2,3'], 'four whole numbers of at least 1 for each'],
  ['an empty shape', ['--shapes', '1,2,3,4;'], 'four whole numbers of at least 1 for each'],
  ['a shape without units', ['--shapes', '1,2,3,0'], 'found "1,2,3,0"'],
  ['units the core has not', ['--shapes', '1,1,1,1048577'], 'at most 1048576 for I and H'],
  ['an array beyond all measure', ['--shapes', '1000000,1000,1,1'], 'numbers of an input or output'],
  ['an unknown precision', ['--precision', 'float16'], 'Allowed choices are float32, bfloat16'],
  ['no threads', ['--threads', '0'], 'Expected a whole number from 1'],
  ['no time', ['--seconds', '0'], 'Expected a number above 0'],
  ['a model', ['model.safetensors'], 'too many arguments'],
])('wrong usage: %s', async (_what, args, message) => {
  const { code, stdout, stderr } = await run(['bench', ...args]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
});

describe('progress', () => {
  function show(progress: BenchProgress): void {
    progress.begin('first');
    progress.done('first: 1 ms');
    progress.begin('second');
    progress.done('second: 2 ms');
    progress.end();
  }

  test('is a bar on a terminal, with what is being measured', () => {
    const { stream, text } = screen(true);
    show(new BenchProgress({ quiet: false, rows: 5 }, stream));
    expect(text()).toMatch(/\[.*\] 0\/5 {2}first/);
    expect(text()).not.toContain('ms');
  });

  test('is lines elsewhere, with what came out', () => {
    const { stream, text } = screen(false);
    show(new BenchProgress({ quiet: false, rows: 5 }, stream));
    expect(text()).toBe('first: 1 ms\nsecond: 2 ms\n');
  });

  test.each([true, false])('is nothing if quiet (terminal: %s)', (isTTY) => {
    const { stream, text } = screen(isTTY);
    show(new BenchProgress({ quiet: true, rows: 5 }, stream));
    expect(text()).toBe('');
  });
});

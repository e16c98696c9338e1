// A process that may take so many MiB more than it has, and then asks for more: run by memory.test.ts.
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { setTimeout } = require('node:timers/promises');
const { ManyToMany, OneToMany, Recurrent } = require(join(__dirname, '..', '..', 'dist'));

/** Kibibytes of address space in use. */
function used() {
  return Number(/VmSize:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

function limit(mebibytes) {
  const bytes = 1024 * (used() + 1024 * mebibytes);
  execFileSync('prlimit', ['--pid', String(process.pid), `--as=${bytes}:`]);
}

function unlimited() {
  execFileSync('prlimit', ['--pid', String(process.pid), '--as=unlimited:']);
}

/** The code of what it throws or rejects with. */
async function codeOf(call) {
  try {
    await call();
    return 'none';
  } catch (error) {
    return error.code ?? String(error.stack);
  }
}

const rows = (steps) => Array.from({ length: steps }, (_, t) => [Math.sin(t)]);

const scenarios = {
  async fit() {
    const data = [{ x: rows(30), y: rows(30) }];
    const model = new ManyToMany({
      cell: 'lstm',
      hidden: 256,
      input: { kind: 'features' },
      output: { kind: 'values' },
    });
    await model.fit(data, { epochs: 1 });
    const before = JSON.stringify(await model.predict(rows(5)));
    const long = new Float32Array(100_000).map((_, t) => Math.sin(t));
    limit(200);
    const code = await codeOf(() => model.fit([{ x: long, y: long }], { epochs: 1 }));
    const same = JSON.stringify(await model.predict(rows(5))) === before;
    unlimited();
    await model.fit(data, { epochs: 1 });
    return [code, same ? 'as before' : 'changed'];
  },
  async predict() {
    const model = new ManyToMany({
      cell: 'gru',
      hidden: 8,
      input: { kind: 'features', size: 1 },
      output: { kind: 'values', size: 1000 },
    });
    const long = new Float32Array(100_000);
    await model.predict(rows(5));
    limit(100);
    const code = await codeOf(() => model.predict(long));
    const { values } = await model.predict(rows(5));
    return [code, String(values.length)];
  },
  // The copy for JavaScript is what there is no memory for.
  async copy() {
    const layer = new Recurrent({ cell: 'rnn', input: 1, hidden: 6000, threads: 1 });
    limit(100);
    const code = await codeOf(() => layer.parameter('weight_hh_l0'));
    return [code, String(layer.parameter('bias_l0').length)];
  },
  async output() {
    const layer = new Recurrent({ cell: 'rnn', input: 1, hidden: 1000, threads: 1 });
    const x = new Float32Array(100_000);
    limit(100);
    const code = await codeOf(() => layer.forward(x, { steps: 100_000, batch: 1 }));
    return [code, String(layer.forward(x.subarray(0, 5), { steps: 5, batch: 1 }).output.length)];
  },
  async load() {
    const path = process.argv[3];
    const model = new OneToMany({ cell: 'rnn', hidden: 6000, sequence: { kind: 'features', size: 1 } });
    await model.save(path);
    const before = used();
    model.dispose();
    // Large parameters are freed by another thread.
    while (used() > before - 1024 * 100) await setTimeout(10);
    limit(100);
    const code = await codeOf(() => OneToMany.load(path));
    unlimited();
    return [code, (await OneToMany.load(path)).mode];
  },
};

scenarios[process.argv[2]]().then(
  (result) => console.log(result.join(', ')),
  (error) => {
    console.log(error);
    process.exitCode = 1;
  },
);

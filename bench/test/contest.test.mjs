import assert from 'node:assert/strict';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { contest } from '../harness/contest.mjs';
import { ProcessRunner } from '../harness/process-runner.mjs';

const program = fileURLToPath(new URL('slow-peer.mjs', import.meta.url));
const turns = { rounds: 2, seconds: 0.05, least: 2, limit: 1000 };

/** Runs the contest against a process that sleeps for so many ms a step. */
async function run(requests, options = turns) {
  const runners = requests.map(() => new ProcessRunner(process.execPath, [program]));
  try {
    return await contest(
      requests.map((request, i) => ({ key: `side${i}`, label: `side ${i}`, runner: runners[i], request })),
      options,
    );
  } finally {
    for (const runner of runners) runner.close();
  }
}

test('each side is timed in each round, the first step left out', async () => {
  const [fast, slow] = await run([
    { task: 'sleep', milliseconds: 2, first: 200 },
    { task: 'sleep', milliseconds: 20 },
  ]);
  assert.equal(fast.turns.length, 2);
  assert.ok(fast.turns.flat().every((time) => time < 150), 'the first step counts');
  assert.ok(fast.median >= 1.5 && fast.median < slow.median);
  assert.equal(fast.steps, fast.turns.flat().length);
});

test('one whose first step is slower than the limit is timed once, without that step', async () => {
  const [{ once, turns: found }] = await run([{ task: 'sleep', milliseconds: 5, first: 200 }], { ...turns, limit: 100 });
  assert.equal(once, true);
  assert.equal(found.flat().length, 1);
  assert.ok(found[0][0] < 150, `${found[0][0]}`);
});

test('one that fails says why, and the others go on', async () => {
  const [good, bad, unknown] = await run([
    { task: 'sleep', milliseconds: 1 },
    { task: 'fail' },
    { task: 'nothing' },
  ]);
  assert.equal(good.turns.length, 2);
  assert.match(bad.failed, /no such thing/);
  assert.match(unknown.failed, /does not run nothing/);
});

test('what stands in for a long first step is what the limit is for', async () => {
  const [{ once, steps }] = await run([{ task: 'warm' }], { ...turns, limit: 50 });
  assert.equal(once, undefined);
  assert.equal(steps, 4);
});

test('a program that is not there is an error, not a hang', async () => {
  const runner = new ProcessRunner('/no/such/program', []);
  await assert.rejects(runner.ask({ do: 'describe' }), /ENOENT/);
});

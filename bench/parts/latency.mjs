// How long a caller waits: for one step of a stream, for predictions in flight, and while a model trains in the same process.
import { availableParallelism } from 'node:os';
import { contest } from '../harness/contest.mjs';
import { runProbe } from '../harness/probe.mjs';
import { quantile } from '../harness/statistics.mjs';
import { counted, digits } from '../harness/table.mjs';

const streams = [
  { input: 64, hidden: 128 },
  { input: 64, hidden: 256 },
  { input: 256, hidden: 512 },
];
const sequence = { steps: 50, input: 64, hidden: 128 };
/** Shares at which the distribution is kept. */
const shares = [...Array.from({ length: 99 }, (_, i) => (i + 1) / 100), 0.995, 0.999];

export async function latency(context) {
  const { options } = context;
  return {
    threads: options.threads,
    streams: await timeStreams(context),
    inFlight: { sequence, rows: await timePredictions(context) },
    eventLoop: await runProbe(process.execPath, 'event-loop.mjs', ['--seconds', options.quick ? '3' : '10']),
  };
}

/** A stream of bptt runs on the caller's thread; the peers with one and with all threads. */
async function timeStreams({ options, sides, others }) {
  const turns = { ...options.turns, seconds: 2 * options.turns.seconds };
  const counts = [...new Set([1, options.threads])];
  const peers = ['onnxruntime', 'torch'].filter((key) => options.peers.includes(key));
  const present = await sides.present(1, ['bptt']);
  for (const key of peers) {
    for (const threads of counts) {
      const side = await sides.get(key, threads);
      if (side.missing === undefined) present.push({ ...side, label: `${side.label}, ${counted(threads, 'thread')}` });
    }
  }
  const rows = [];
  for (const shape of streams) {
    const entries = present.map(({ key, label, runner }) => ({ key, label, runner, request: { task: 'stream', ...shape } }));
    const times = (await contest(entries, turns, others)).map(distribution);
    process.stderr.write(`step ${shape.input} ${shape.hidden}: ${times.map(({ label, p50 }) => `${label} ${digits(p50)} µs`).join(', ')}\n`);
    rows.push({ ...shape, times });
  }
  await sides.closeOthers(options.threads);
  return rows;
}

/** In µs. */
function distribution({ turns, median, spread, steps, key, label, failed }) {
  if (failed !== undefined) return { key, label, failed };
  const microseconds = turns.flat().map((time) => 1000 * time);
  return {
    key,
    label,
    steps,
    p50: 1000 * median,
    spread,
    p90: quantile(microseconds, 0.9),
    p99: quantile(microseconds, 0.99),
    max: microseconds.reduce((a, b) => Math.max(a, b)),
    distribution: shares.map((share) => [share, quantile(microseconds, share)]),
  };
}

async function timePredictions({ options, sides, others }) {
  const keys = ['bptt', ...['onnxruntime'].filter((key) => options.peers.includes(key))];
  const present = await sides.present(availableParallelism(), keys);
  const rows = [];
  for (const inFlight of options.quick ? [1, 8] : [1, 2, 4, 8, 16]) {
    const request = { task: 'predictions', ...sequence, inFlight };
    const entries = present.map(({ key, label, runner }) => ({ key, label, runner, request }));
    const times = await contest(entries, options.turns, others);
    rows.push({
      inFlight,
      times: times.map(({ key, label, median, spread, failed }) => ({
        key,
        label,
        failed,
        spread,
        milliseconds: median,
        aSecond: (1000 * inFlight) / median,
      })),
    });
  }
  await sides.closeOthers(options.threads);
  return rows;
}

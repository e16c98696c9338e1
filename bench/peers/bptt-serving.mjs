import { createRequire } from 'node:module';
import { noise } from './noise.mjs';

const { ManyToMany, ManyToOne } = createRequire(import.meta.url)('../..');

/** One step of a stream: an LSTM and an output of one number. */
export function stream({ input, hidden }) {
  const model = new ManyToMany({
    cell: 'lstm',
    hidden,
    input: { kind: 'features', size: input, normalize: false },
    output: { kind: 'values', size: 1 },
  });
  const stream = model.stream();
  const rows = Array.from({ length: 16 }, (_, i) => noise(input, 1 + i / 16));
  const out = new Float32Array(1);
  let count = 0;
  return () => stream.step(rows[count++ % rows.length], out);
}

/** So many predictions in flight, each of one sequence. */
export function predictions({ steps, input, hidden, inFlight }) {
  const model = new ManyToOne({
    cell: 'lstm',
    hidden,
    input: { kind: 'features', size: input, normalize: false },
    output: { kind: 'values', size: 1 },
  });
  const xs = Array.from({ length: inFlight }, (_, i) => noise(steps * input, 1 + i / inFlight));
  return () => Promise.all(xs.map((x) => model.predict(x)));
}

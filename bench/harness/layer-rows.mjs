import { contest, withoutTurns } from './contest.mjs';
import { describeShape, flops, intensity, lengthsOf } from './shapes.mjs';
import { digits, percent } from './table.mjs';

const isRagged = ({ shape }) => shape.lengths !== undefined;
const isFull = (row) => !isRagged(row);

/** In which variants a side runs which rows; without an entry: in one, all rows. */
const variants = {
  torch: [
    { runs: isFull },
    { label: 'PyTorch padded', runs: isRagged },
    { label: 'PyTorch packed', variant: 'packed', runs: isRagged },
  ],
  onnxruntime: [{ runs: ({ mode }) => mode === 'infer' }],
  brain: [{ runs: ({ shape }) => !shape.bidirectional }],
};

/** In ms; a side that takes longer is timed once. */
const longestStep = 10_000;
const longestStepOfSlow = 1000;

/**
 * Times a layer on all sides that run it, and the peak in turns with them: what slows all of them down for a while does not count as
 * a lower share of it.
 *
 * @param {{ cell: string, mode: 'train' | 'infer', shape: import('./shapes.mjs').Shape }} row
 * @param {{ sides: object[], limits?: import('./limits.mjs').Limits }} run the sides that are there, bptt first; without limits
 *   there is no share of the peak
 */
export async function timeLayer(row, { sides, turns, others, limits }) {
  const { cell, mode, shape } = row;
  const operations = flops(cell, shape, mode);
  const entries = sides
    .filter(({ mostFlops = Infinity }) => operations <= mostFlops)
    .flatMap(({ key, label, runner, mostFlops }) =>
      (variants[key] ?? [{}])
        .filter(({ runs }) => runs?.(row) ?? true)
        .map(({ label: name = label, variant }) => ({
          key,
          label: name,
          runner,
          limit: mostFlops === undefined ? longestStep : longestStepOfSlow,
          request: { task: 'layer', cell, mode, shape, lengths: lengthsOf(shape), variant },
        })),
    );
  if (limits) entries.push(limits.entry(operations));
  const times = (await contest(entries, turns, others)).map(withoutTurns);
  const peak = limits && times.pop().median;
  const gflops = operations / times[0].median / 1e6;
  process.stderr.write(`${cell} ${mode} ${describeShape(shape)}: ${times.map(timeText).join(', ')}\n`);
  return { ...row, gflops, ...(limits && { ofPeak: peak / times[0].median }), intensity: intensity(cell, shape), times };
}

function timeText({ label, median, spread, failed, once }) {
  if (failed !== undefined) return `${label} failed (${failed})`;
  return `${label} ${digits(median)} ms${once ? ' once' : ` ±${percent(spread / 2)}`}`;
}

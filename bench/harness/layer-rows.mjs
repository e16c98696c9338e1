import { contest, withoutTurns } from './contest.mjs';
import { describeShape, flops, intensity, lengthsOf } from './shapes.mjs';
import { digits, percent } from './table.mjs';

const isRagged = ({ shape }) => shape.lengths !== undefined;
const isFull = (row) => !isRagged(row);

/**
 * In which variants a side runs which rows, and what its requests say of them. Sides without an entry: in float32 in one, all rows; in
 * bfloat16 none.
 */
const variants = {
  float32: {
    torch: [
      { runs: isFull },
      { label: 'PyTorch padded', runs: isRagged },
      { label: 'PyTorch packed', variant: { packed: true }, runs: isRagged },
    ],
    onnxruntime: [{ runs: ({ mode }) => mode === 'infer' }],
    brain: [{ runs: ({ shape }) => !shape.bidirectional }],
  },
  // Of the peers PyTorch alone: with the whole module and its input in bfloat16, and by autocast.
  bfloat16: {
    bptt: [{}],
    torch: [
      { label: 'PyTorch module', runs: isFull },
      { label: 'PyTorch autocast', variant: { autocast: true }, runs: isFull },
      { label: 'PyTorch module, padded', runs: isRagged },
      { label: 'PyTorch module, packed', variant: { packed: true }, runs: isRagged },
      { label: 'PyTorch autocast, padded', variant: { autocast: true }, runs: isRagged },
      { label: 'PyTorch autocast, packed', variant: { autocast: true, packed: true }, runs: isRagged },
    ],
  },
};

/** Of a minGRU PyTorch has no module, and the other peers nothing. */
const mingruVariants = {
  bptt: [{}],
  torch: [
    { label: 'PyTorch loop', variant: { recurrence: 'loop' } },
    { label: 'PyTorch scan', variant: { recurrence: 'scan' } },
  ],
};

function variantsOf(key, { cell, precision = 'float32' }) {
  if (cell === 'mingru') return mingruVariants[key] ?? [];
  return variants[precision][key] ?? (precision === 'float32' ? [{}] : []);
}

/** In ms; a side that takes longer is timed once. */
const longestStep = 10_000;
const longestStepOfSlow = 1000;

/**
 * Times a layer on all sides that run it, in turns with them the peak, since what slows all of them down for a while does not count as
 * a lower share of it, and where the row is in bfloat16 the same layer of bptt in float32.
 *
 * @param {{ cell: string, mode: 'train' | 'infer', precision?: 'float32' | 'bfloat16', shape: import('./shapes.mjs').Shape }} row
 * @param {{ sides: object[], limits?: import('./limits.mjs').Limits }} run the sides that are there, bptt first; without limits
 *   there is no share of the peak
 */
export async function timeLayer(row, { sides, turns, others, limits }) {
  const { cell, mode, precision = 'float32', shape } = row;
  const task = { task: 'layer', cell, mode, precision, shape, lengths: lengthsOf(shape) };
  const operations = flops(cell, shape, mode);
  const entries = sides
    .filter(({ mostFlops = Infinity }) => operations <= mostFlops)
    .flatMap(({ key, label, runner, mostFlops }) =>
      variantsOf(key, row)
        .filter(({ runs }) => runs?.(row) ?? true)
        .map(({ label: name = label, variant }) => ({
          key,
          label: name,
          runner,
          limit: mostFlops === undefined ? longestStep : longestStepOfSlow,
          request: { ...task, ...variant },
        })),
    );
  if (precision !== 'float32') entries.push({ ...entries[0], label: 'bptt float32', request: { ...task, precision: 'float32' } });
  if (limits) entries.push(limits.entry(operations, precision));
  const times = (await contest(entries, turns, others)).map(withoutTurns);
  const peak = limits && times.pop().median;
  const float32 = precision === 'float32' ? undefined : times.pop();
  const gflops = operations / times[0].median / 1e6;
  const name = `${cell} ${mode} ${describeShape(shape)}${float32 ? ` ${precision}` : ''}`;
  process.stderr.write(`${name}: ${[...times, ...(float32 ? [float32] : [])].map(timeText).join(', ')}\n`);
  return {
    ...row,
    gflops,
    ...(limits && { ofPeak: peak / times[0].median }),
    intensity: intensity(cell, shape, precision),
    times,
    ...(float32 && { float32 }),
  };
}

function timeText({ label, median, spread, failed, once }) {
  if (failed !== undefined) return `${label} failed (${failed})`;
  return `${label} ${digits(median)} ms${once ? ' once' : ` ±${percent(spread / 2)}`}`;
}

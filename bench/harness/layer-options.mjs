import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parseShapes, shapeSets } from './shapes.mjs';

const usage = `Options:
  --cells LIST     of rnn, gru, lstm                                  (all)
  --sets LIST      of ${Object.keys(shapeSets).join(', ')}            (table)
  --shapes LIST    T,B,I,H;T,B,I,H … in place of a set
  --modes LIST     of train, infer                                    (both)
  --threads N                                                         (2, or fewer processors)
  --rounds N       turns of each side for a row                       (5)
  --seconds S      of one turn                                        (0.4)
  --isa NAME       instruction set of bptt                            (the best)
  --python PATH    interpreter with PyTorch                           (PYTHON, else python3)
  --json FILE      write all figures there too`;

/** Options that `layers.mjs` and `compare-layers.mjs` share. Ends the process where they are wrong. */
export function readLayerOptions() {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exit(2);
  }
}

function read() {
  const text = (value) => ({ type: 'string', ...(value === undefined ? {} : { default: value }) });
  const { values } = parseArgs({
    options: {
      cells: text('rnn,gru,lstm'),
      sets: text('table'),
      shapes: text(),
      modes: text('train,infer'),
      threads: text(String(Math.min(2, availableParallelism()))),
      rounds: text('5'),
      seconds: text('0.4'),
      isa: text(),
      python: text(process.env.PYTHON ?? 'python3'),
      json: text(),
      help: { type: 'boolean' },
    },
  });
  if (values.help) throw new Error('Times recurrent layers.');
  return {
    cells: list('cells', values.cells, ['rnn', 'gru', 'lstm']),
    modes: list('modes', values.modes, ['train', 'infer']),
    shapes: values.shapes
      ? parseShapes(values.shapes)
      : list('sets', values.sets, Object.keys(shapeSets)).flatMap((name) => shapeSets[name]),
    threads: positive('threads', values.threads),
    rounds: positive('rounds', values.rounds),
    seconds: positive('seconds', values.seconds),
    isa: values.isa,
    python: values.python,
    json: values.json,
  };
}

function list(name, text, known) {
  const chosen = text.split(',');
  const wrong = chosen.find((one) => !known.includes(one));
  if (wrong !== undefined)
    throw new Error(`--${name}: expected some of ${known.join(', ')}; got "${wrong}".`);
  return chosen;
}

function positive(name, text) {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name}: expected a number greater than 0; got "${text}".`);
  return value;
}

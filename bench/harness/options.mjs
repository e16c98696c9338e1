import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { tasks } from '../parts/model-tasks.mjs';
import { parseShapes, shapeSets } from './shapes.mjs';
import { peerKeys } from './sides.mjs';

export const partNames = ['layers', 'models', 'latency', 'memory', 'start', 'scaling'];
const cells = ['rnn', 'gru', 'lstm', 'mingru'];
const modes = ['train', 'infer'];
const precisions = ['float32', 'bfloat16'];

/** What `--quick` takes in place of the defaults: some rows of each part, about two minutes in all. */
const quick = { cells: 'lstm', sets: 'quick', tasks: 'tagger,generate,beam-one,ctc', rounds: '2', seconds: '0.1' };
const standard = {
  cells: 'rnn,gru,lstm',
  precisions: 'float32',
  sets: 'table,single,ragged',
  tasks: Object.keys(tasks).join(),
  rounds: '5',
  seconds: '0.4',
};

const usage = `npm run bench -- [options]          or: node run.mjs [options]

  --parts LIST     of ${partNames.join(', ')}           (all)
  --peers LIST     of ${peerKeys.join(', ')},
                   or none                                                     (all that are there)
  --cells LIST     of ${cells.join(', ')}: layers                     (${standard.cells})
  --modes LIST     of ${modes.join(', ')}: layers                                 (both)
  --precisions LIST
                   of ${precisions.join(', ')}: layers, PyTorch alone beside bfloat16     (${standard.precisions})
  --sets LIST      of ${Object.keys(shapeSets).join(', ')}: layers  (${standard.sets})
  --shapes LIST    T,B,I,H;T,B,I,H … in place of sets
  --tasks LIST     of ${Object.keys(tasks).join(', ')}: models
                                                                               (all)
  --threads N      of each side                                                (2, or fewer processors)
  --rounds N       turns of each side for a row                                (${standard.rounds})
  --seconds S      of one turn                                                 (${standard.seconds})
  --isa NAME       instruction set of bptt                                     (the best)
  --python PATH    interpreter with PyTorch, TensorFlow, JAX                   (PYTHON, else python3)
  --json FILE      all figures
  --html FILE      a page with tables and plots
  --from FILE      makes the report of such a JSON file, and measures nothing
  --quick          some rows of each part in about two minutes: ${quick.cells} and the set
                   ${quick.sets}, ${quick.tasks},
                   ${quick.rounds} turns of ${quick.seconds} s`;

/** Ends the process where they are wrong. */
export function readOptions(args = process.argv.slice(2)) {
  try {
    return parseOptions(args);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    process.exit(2);
  }
}

/** @param {string[]} args */
export function parseOptions(args) {
  const text = { type: 'string' };
  const names = ['parts', 'peers', 'cells', 'modes', 'precisions', 'sets', 'shapes', 'tasks', 'threads', 'rounds', 'seconds', 'isa', 'python'];
  const { values } = parseArgs({
    args,
    options: {
      ...Object.fromEntries([...names, 'json', 'html', 'from'].map((name) => [name, text])),
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) throw new Error('Measures this machine, bptt, and its peers beside it.');
  const given = { ...standard, ...(values.quick ? quick : {}), ...values };
  return {
    parts: list('parts', given.parts, partNames),
    peers: given.peers === 'none' ? [] : list('peers', given.peers, peerKeys),
    cells: list('cells', given.cells, cells),
    modes: list('modes', given.modes, modes),
    precisions: list('precisions', given.precisions, precisions),
    sets: given.shapes
      ? { chosen: parseShapes(given.shapes) }
      : Object.fromEntries(list('sets', given.sets, Object.keys(shapeSets)).map((name) => [name, shapeSets[name]])),
    tasks: list('tasks', given.tasks, Object.keys(tasks)),
    threads: whole('threads', given.threads ?? String(Math.min(2, availableParallelism()))),
    /** As `contest` takes them. */
    turns: {
      rounds: whole('rounds', given.rounds),
      seconds: positive('seconds', given.seconds),
      least: values.quick ? 1 : 3,
    },
    isa: given.isa,
    python: given.python ?? process.env.PYTHON ?? 'python3',
    json: given.json,
    html: given.html,
    from: given.from,
    quick: given.quick,
  };
}

function list(name, text, known) {
  if (text === undefined) return known;
  const chosen = text.split(',');
  const wrong = chosen.find((one) => !known.includes(one));
  if (wrong !== undefined)
    throw new Error(`--${name}: expected some of ${known.join(', ')}; found "${wrong}".`);
  // In the order of those known: the report's.
  return known.filter((one) => chosen.includes(one));
}

function positive(name, text) {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new Error(`--${name}: expected a number greater than 0; found "${text}".`);
  return value;
}

function whole(name, text) {
  const value = positive(name, text);
  if (!Number.isInteger(value)) throw new Error(`--${name}: expected a whole number; found "${text}".`);
  return value;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { firstWord } from '../tasks';
import { temporaryFolder } from '../temporary-folder';
import { outcome, run, start, writeLines } from './run';

// Each command is a process of its own.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const data = writeLines(join(folder, 'words.jsonl'), firstWord(10, 1));
const toOne = ['train', 'many-to-one', '--data', data, '--out', join(folder, 'out.safetensors')];
const toMany = toOne.with(1, 'many-to-many');
const toTable = toOne.with(3, 'table.csv');
const series = ['--columns', 'A', '--lookback', '3', '--horizon', '1'];

test('--version and --help', async () => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    version: string;
  };
  expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  const help = await run(['--help']);
  expect(help).toMatchObject({ code: 0, stderr: '' });
  for (const command of ['train', 'evaluate', 'predict', 'generate', 'info', 'bench']) {
    expect(help.stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    expect((await run([command, '--help'])).stdout).toContain(`Usage: bptt ${command}`);
  }
});

test('help loads neither the models nor the addon', async () => {
  const script = `process.on('exit', () => process.stderr.write(Object.keys(require.cache).join('\\n')))`;
  const preload = `data:text/javascript,import{createRequire}from'node:module';const require=createRequire('/');${script}`;
  const { stderr } = await outcome(start(['train', '--help'], ['--import', preload]));
  expect(stderr).toContain('commander');
  expect(stderr.split('\n').filter((path) => /sequence-model|native|cli-table3|csv/.test(path))).toEqual([]);
});

test.each<[what: string, args: string[], message: string]>([
  ['no command', [], 'Usage: bptt'],
  ['an unknown command', ['write', 'model'], "unknown command 'write'"],
  ['an unknown mode', ['train', 'one-to-one', '--data', data, '--out', 'x'], 'many-to-one, many-to-many'],
  ['no data', ['train', 'many-to-one', '--out', 'x'], '--data'],
  ['no place to write to', ['train', 'many-to-one', '--data', data], '--out'],
  ['an unknown option', [...toMany, '--ctd'], "unknown option '--ctd'"],
  ['too many arguments', [...toOne, 'more'], 'too many arguments'],
  ['a wrong size', [...toOne, '--hidden', '0'], 'Expected a whole number from 1'],
  ['units the core has not', [...toOne, '--hidden', '1048577'], 'from 1 to 1048576'],
  ['an embedding the core has not', [...toOne, '--embedding', '1048577'], 'from 0 to 1048576'],
  [
    'Nesterov without momentum',
    [...toOne, '--optimizer', 'sgd,nesterov=true'],
    'nesterov to be false where momentum is 0',
  ],
  ['a wrong time', [...toOne, '--minutes', '-1'], 'Expected a number greater than 0'],
  ['a wrong share', [...toOne, '--dropout', '1'], 'Expected a number from 0 to below 1'],
  ['an unknown part', [...toOne, '--dropout', 'inputs=0.1'], 'input, between, recurrent, output'],
  ['a wrong choice', [...toOne, '--cell', 'lstn'], 'rnn, gru, lstm, mingru'],
  ['an unknown optimizer', [...toOne, '--optimizer', 'adan'], '"sgd" or "rmsprop" or "adam" or "adamw"'],
  ["another optimizer's option", [...toOne, '--optimizer', 'adam,momentum=0.9'], 'momentum'],
  [
    'a wrong option of a schedule',
    [...toOne, '--schedule', 'cosine,final=2'],
    'final to be a number from 0 to 1',
  ],
  ["another cell's option", [...toOne, '--cell', 'gru', '--forget-bias', '1'], '--forget-bias'],
  [
    'peepholes of another cell',
    [...toOne, '--cell', 'gru', '--peepholes'],
    '--peepholes belongs to --cell lstm',
  ],
  [
    'layer norm of another cell',
    [...toOne, '--cell', 'rnn', '--layer-norm'],
    '--layer-norm belongs to --cell lstm and gru; this cell is rnn',
  ],
  [
    'a projection of another cell',
    [...toOne, '--cell', 'mingru', '--projection', '5'],
    '--projection belongs to --cell lstm; this cell is mingru',
  ],
  [
    'a projection beyond the units',
    [...toOne, '--hidden', '5', '--projection', '5'],
    'must be less than hidden, 5',
  ],
  [
    'dropout of a state that enters no product',
    [...toOne, '--cell', 'mingru', '--dropout', 'recurrent=0.1'],
    '"dropout.recurrent" must be 0',
  ],
  ["another mode's option", [...toMany, '--pooling', 'max'], '--pooling'],
  ["a mode's alignment for another", [...toOne, '--ctc'], '--ctc belongs to many-to-many'],
  ['values without a place', [...toMany, '--ctc', '--output', 'values'], '--ctc needs classes'],
  ['a series without a place', [...toMany.with(3, 'table.csv'), '--ctc', ...series], 'many-to-one'],
  ["another input's option", [...toOne, '--input', 'features', '--window', '1'], '--window'],
  ['characters of features', [...toOne, '--input', 'features', '--characters'], '--characters'],
  ['an unknown size of characters', [...toOne, '--characters', 'layers=2'], 'embedding, hidden'],
  ['no units for characters', [...toOne, '--characters', 'hidden=0'], 'a whole number from 1'],
  ["an option the data's kind has not", [...toOne, '--input-size', '3'], '--input-size'],
  ["an option the output's kind has not", [...toOne, '--output-size', '3'], '--output-size'],
  ['a metric without validation', [...toOne, '--metric', 'accuracy'], '--valid'],
  ['patience without validation', [...toOne, '--patience', '2'], '--valid'],
  ['an unknown metric', [...toOne, '--valid', data, '--metric', 'bleu'], 'accuracy'],
  ['a column of lines', [...toOne, '--x', 'text'], '--x'],
  ['a window without a series', [...toOne, '--lookback', '3'], '--columns'],
  ['rows without a series', [...toOne, '--valid-rows', '3:5'], '--columns'],
  ['a series without a window', [...toOne, '--columns', 'A'], '--lookback'],
  ['a series in lines', [...toOne, ...series], '.csv'],
  ['a series for tags', [...toMany, ...series], 'many-to-one'],
  ['rows to judge by among all', [...toTable, ...series, '--valid-rows', '3:5'], 'Give --rows too'],
  ['rows that overlap', [...toTable, ...series, '--rows', ':4', '--valid-rows', '3:5'], 'in --rows'],
  ['rows the wrong way round', [...toOne, ...series, '--rows', '9:3'], 'from < to'],
  ['an unknown ending', ['train', 'many-to-one', '--data', 'words.json', '--out', 'x'], '.jsonl'],
])('wrong usage: %s', async (_what, args, message) => {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('    at ');
});

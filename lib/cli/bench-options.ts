import { InvalidArgumentError, type Command } from 'commander';

import type { CellKind, Precision } from '../../binding';
import { cellKinds } from '../architecture/cells';
import { parseShape, tableShapes, type LayerShape } from '../benchmark/layer-shapes';
import { maximumThreads, maximumUnits } from '../support/option-bounds';
import { names, number, whole } from './option-values';

export interface BenchFlags {
  cells: CellKind[];
  shapes: readonly LayerShape[];
  precision: Precision;
  threads?: number;
  seconds: number;
  json?: true;
  quiet?: true;
}

export function addBenchOptions(command: Command): void {
  command
    .addOption(
      command
        .createOption('--cells <kinds>', `of ${cellKinds.join(', ')}, with commas between`)
        .argParser(cells)
        .default(['rnn', 'gru', 'lstm'], 'rnn,gru,lstm'),
    )
    .addOption(
      command
        .createOption(
          '--shapes <shapes>',
          'T,B,I,H;T,B,I,H …: steps, batch, input size, hidden units of the layers',
        )
        .argParser(shapes)
        .default(tableShapes, 'seven, from small to large'),
    )
    .addOption(
      command
        .createOption(
          '--precision <precision>',
          'of products, in the layers and in the peak; bfloat16: no streams',
        )
        .choices(['float32', 'bfloat16'] satisfies Precision[])
        .default('float32'),
    )
    .addOption(
      command
        .createOption('--threads <count>', '(default: all processors)')
        .argParser(whole(1, maximumThreads)),
    )
    .addOption(
      command
        .createOption('--seconds <seconds>', 'that a row is timed for; large layers take longer')
        .argParser(number('a number above 0, at most 60', (value) => value > 0 && value <= 60))
        .default(0.8),
    )
    .option('--json', 'one line of JSON with all figures')
    .option('--quiet', 'no progress');
}

function cells(text: string): CellKind[] {
  const wanted = names(text);
  const unknown = wanted.find((name) => !(cellKinds as string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`Expected some of ${cellKinds.join(', ')}.`);
  return [...new Set(wanted as CellKind[])];
}

/** Numbers of an input or output: 1 GiB. */
const mostNumbers = 2 ** 28;

function shapes(text: string): LayerShape[] {
  return text.split(';').map((one) => {
    const shape = parseShape(one.trim());
    if (shape === undefined) {
      throw new InvalidArgumentError(
        `Expected four whole numbers of at least 1 for each, such as 100,32,64,128; found "${one}".`,
      );
    }
    const { steps, batch, input, hidden } = shape;
    const width = Math.max(input, hidden);
    if (width > maximumUnits || steps * batch * width > mostNumbers) {
      throw new InvalidArgumentError(
        `Expected at most ${maximumUnits} for I and H, and ${mostNumbers} numbers of an input or output; found "${one}".`,
      );
    }
    return shape;
  });
}

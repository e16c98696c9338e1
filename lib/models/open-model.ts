import type { Mode } from '../architecture/mode';
import { checkLoaded, type LoadForm } from '../options/load-options';
import { BpttError } from '../support/errors';
import { machinery } from './on-demand';
import { restored, type SequenceModel } from './sequence-model';

/** What makes a model, for each mode that is expected; it is given the architecture unchecked, and checks it as any caller's. */
export type Makers<M> = Partial<Record<Mode, (architecture: never) => M>>;

/**
 * Opens a saved model: what is behind every `load`. Rejects with `ERR_FORMAT` for a file of a mode that nobody makes, or that
 * contradicts itself or is not what was expected, and with `ERR_VERSION`, `ERR_MEMORY` or `ERR_IO`.
 */
export async function openModel<M extends SequenceModel>(
  path: string,
  makers: Makers<M>,
  expected: LoadForm = {},
): Promise<M> {
  const { ofFile, readModelFile, withEarlierDefaults } = machinery();
  const file = await readModelFile(path);
  const make = makers[file.mode];
  if (make === undefined) {
    const modes = Object.keys(makers).join(' or ');
    throw new BpttError('ERR_FORMAT', `"${path}" holds a model of mode ${file.mode}; expected ${modes}.`);
  }
  let model;
  try {
    const architecture = withEarlierDefaults(file.architecture);
    model = await restored(() => make(architecture as never), file);
  } catch (error) {
    throw ofFile(path, error);
  }
  try {
    checkLoaded(path, model.architecture, expected);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

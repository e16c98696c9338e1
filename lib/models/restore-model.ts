import type { Mode } from '../architecture/mode';
import type { ModelFile } from '../model-file/model-file';
import { checkLoaded, type LoadForm } from '../options/load-options';
import { BpttError } from '../support/errors';
import { machinery } from './on-demand';
import { restored, type SequenceModel } from './sequence-model';

/**
 * The model a file holds. `make` is given the architecture unchecked, and checks it as it does any caller's.
 * Errors: `ERR_FORMAT` for a file of another mode or one that contradicts itself, or is not what was expected.
 */
export async function restoreModel<M extends SequenceModel>(
  path: string,
  file: ModelFile,
  mode: Mode,
  make: (architecture: never) => M,
  expected: LoadForm = {},
): Promise<M> {
  if (file.mode !== mode) {
    throw new BpttError('ERR_FORMAT', `"${path}" holds a model of mode ${file.mode}; expected ${mode}.`);
  }
  let model;
  try {
    const architecture = machinery().withEarlierDefaults(file.architecture);
    model = await restored(() => make(architecture as never), file);
  } catch (error) {
    throw machinery().ofFile(path, error);
  }
  try {
    checkLoaded(path, model.architecture, expected);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

import type { Alignment, OutputKind } from '../architecture/architecture';
import { EncoderDecoder } from './encoder-decoder';
import { ManyToMany } from './many-to-many';
import { ManyToOne } from './many-to-one';
import { machinery } from './on-demand';
import { OneToMany } from './one-to-many';
import { restoreModel } from './restore-model';

/** A saved model of any mode; `mode` tells which. Rejects with `ERR_FORMAT`, `ERR_VERSION`, `ERR_MEMORY` or `ERR_IO`. */
export async function loadModel(
  path: string,
): Promise<ManyToOne | ManyToMany<OutputKind, Alignment> | EncoderDecoder | OneToMany> {
  const file = await machinery().readModelFile(path);
  switch (file.mode) {
    case 'many-to-one':
      return restoreModel(path, file, file.mode, (architecture) => new ManyToOne(architecture));
    case 'many-to-many':
      return restoreModel(
        path,
        file,
        file.mode,
        (architecture) => new ManyToMany<OutputKind, Alignment>(architecture),
      );
    case 'encoder-decoder':
      return restoreModel(path, file, file.mode, (architecture) => new EncoderDecoder(architecture));
    case 'one-to-many':
      return restoreModel(path, file, file.mode, (architecture) => new OneToMany(architecture));
  }
}

import type { Alignment, OutputKind } from '../architecture/architecture';
import { EncoderDecoder } from './encoder-decoder';
import { ManyToMany } from './many-to-many';
import { ManyToOne } from './many-to-one';
import { OneToMany } from './one-to-many';
import { openModel } from './open-model';

type AnyModel = ManyToOne | ManyToMany<OutputKind, Alignment> | EncoderDecoder | OneToMany;

/** A saved model of any mode; `mode` tells which. Rejects with `ERR_FORMAT`, `ERR_VERSION`, `ERR_MEMORY` or `ERR_IO`. */
export async function loadModel(path: string): Promise<AnyModel> {
  return openModel<AnyModel>(path, {
    'many-to-one': (architecture) => new ManyToOne(architecture),
    'many-to-many': (architecture) => new ManyToMany<OutputKind, Alignment>(architecture),
    'encoder-decoder': (architecture) => new EncoderDecoder(architecture),
    'one-to-many': (architecture) => new OneToMany(architecture),
  });
}

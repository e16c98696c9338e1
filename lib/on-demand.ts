import type * as alignedCodec from './aligned-codec';
import type * as ctcCodec from './ctc-codec';
import type * as encoderDecoderCodec from './encoder-decoder-codec';
import type * as architecture from './architecture-schema';
import type * as encoderDecoder from './encoder-decoder-schema';
import type * as evaluation from './evaluation';
import type * as generation from './generation';
import type * as modelFile from './model-file';
import type * as nextStepCodec from './next-step-codec';
import type * as options from './options-schema';
import type * as record from './record-schema';
import type * as resume from './resume';
import type * as training from './training';
import type * as written from './written-schema';

/**
 * What a program needs only when it makes, uses, trains or loads its first model: `require('bptt')` should not wait
 * for it.
 */

/** With the encoders of data and the metrics: most of the package. */
export function codecs(): typeof alignedCodec {
  return module.require('./aligned-codec') as typeof alignedCodec;
}

export function ctcCodecs(): typeof ctcCodec {
  return module.require('./ctc-codec') as typeof ctcCodec;
}

export function encoderDecoderCodecs(): typeof encoderDecoderCodec {
  return module.require('./encoder-decoder-codec') as typeof encoderDecoderCodec;
}

export function nextStepCodecs(): typeof nextStepCodec {
  return module.require('./next-step-codec') as typeof nextStepCodec;
}

export function generations(): typeof generation {
  return module.require('./generation') as typeof generation;
}

export function evaluations(): typeof evaluation {
  return module.require('./evaluation') as typeof evaluation;
}

export function modelFiles(): typeof modelFile {
  return module.require('./model-file') as typeof modelFile;
}

export function trainings(): typeof training {
  return module.require('./training') as typeof training;
}

export function resuming(): typeof resume {
  return module.require('./resume') as typeof resume;
}

/** The schemas of options: the library they are made with takes as long to load as everything else together. */
export function architectureSchema(): typeof architecture {
  return module.require('./architecture-schema') as typeof architecture;
}

export function encoderDecoderSchema(): typeof encoderDecoder {
  return module.require('./encoder-decoder-schema') as typeof encoderDecoder;
}

export function writtenSchema(): typeof written {
  return module.require('./written-schema') as typeof written;
}

export function optionsSchema(): typeof options {
  return module.require('./options-schema') as typeof options;
}

export function recordSchema(): typeof record {
  return module.require('./record-schema') as typeof record;
}

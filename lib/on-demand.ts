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
import type * as reading from './reading';
import type * as record from './record-schema';
import type * as resume from './resume';
import type * as training from './training';
import type * as written from './written-schema';

/**
 * What a program needs only when it makes, uses, trains or loads its first model: `require('bptt')` should not wait
 * for it. By `require` and a plain name, which bundlers can follow.
 */

/* eslint-disable @typescript-eslint/no-require-imports */

/** With the encoders of data and the metrics: most of the package. */
export function codecs(): typeof alignedCodec {
  return require('./aligned-codec') as typeof alignedCodec;
}

export function ctcCodecs(): typeof ctcCodec {
  return require('./ctc-codec') as typeof ctcCodec;
}

export function encoderDecoderCodecs(): typeof encoderDecoderCodec {
  return require('./encoder-decoder-codec') as typeof encoderDecoderCodec;
}

export function nextStepCodecs(): typeof nextStepCodec {
  return require('./next-step-codec') as typeof nextStepCodec;
}

export function generations(): typeof generation {
  return require('./generation') as typeof generation;
}

export function evaluations(): typeof evaluation {
  return require('./evaluation') as typeof evaluation;
}

export function modelFiles(): typeof modelFile {
  return require('./model-file') as typeof modelFile;
}

export function trainings(): typeof training {
  return require('./training') as typeof training;
}

export function readings(): typeof reading {
  return module.require('./reading') as typeof reading;
}

export function resuming(): typeof resume {
  return require('./resume') as typeof resume;
}

/** The schemas of options: the library they are made with takes as long to load as everything else together. */
export function architectureSchema(): typeof architecture {
  return require('./architecture-schema') as typeof architecture;
}

export function encoderDecoderSchema(): typeof encoderDecoder {
  return require('./encoder-decoder-schema') as typeof encoderDecoder;
}

export function writtenSchema(): typeof written {
  return require('./written-schema') as typeof written;
}

export function optionsSchema(): typeof options {
  return require('./options-schema') as typeof options;
}

export function recordSchema(): typeof record {
  return require('./record-schema') as typeof record;
}

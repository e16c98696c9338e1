import type {
  AttentionKind,
  DecoderSpec,
  EncoderDecoderArchitecture,
  OutputSpec,
  TeacherForcingSchedule,
} from '../architecture/architecture';
import { cellKinds } from '../architecture/cells';
import type { Mode } from '../architecture/mode';
import { maximumLayers, maximumUnits } from '../support/option-bounds';
import type { AddOption } from './add-option';
import { kindWithOptions, teacherForcing, whole, type KindWithOptions } from './option-values';
import { refuse } from './usage';

/** What `train encoder-decoder` has besides the options of its encoder. */
export interface DecoderFlags {
  attention?: AttentionKind;
  teacherForcing?: number | TeacherForcingSchedule;
  decoderCell?: KindWithOptions;
  decoderHidden?: number;
  decoderLayers?: number;
  decoderInput?: 'words' | 'characters';
  decoderEmbedding?: number;
  decoderMinCount?: number;
}

const ofSymbols = ['decoderInput', 'decoderEmbedding', 'decoderMinCount'] as const;

export function addDecoderOptions(add: AddOption): void {
  add('--attention <kind>', 'encoder-decoder: how it looks back at the input (default luong)', {
    choices: ['none', 'bahdanau', 'luong'],
  });
  add(
    '--teacher-forcing <share>',
    'encoder-decoder: of the steps that read in training what stands in the target, or as in from=1,to=0.5,epochs=10 (default 1)',
    { parse: teacherForcing },
  );
  add(
    '--decoder-cell <kind>',
    `encoder-decoder: ${cellKinds.join(', ')}, with options as in gru,reset=before (default: as the encoder)`,
    { parse: kindWithOptions(...cellKinds) },
  );
  add('--decoder-hidden <units>', 'units of a layer of the decoder (default: as the encoder)', {
    parse: whole(1, maximumUnits),
  });
  add('--decoder-layers <count>', 'layers of the decoder (default: as the encoder)', {
    parse: whole(1, maximumLayers),
  });
  add('--decoder-input <kind>', 'how a y that is a string is cut (default words)', {
    choices: ['words', 'characters'],
  });
  add('--decoder-embedding <count>', 'length of the vector of a symbol of y (default 64)', {
    parse: whole(1, maximumUnits),
  });
  add('--decoder-min-count <times>', 'how often a symbol occurs in y to be known (default 1)', {
    parse: whole(1),
  });
}

/** Refuses what has no effect in this mode, or with values if they are asked for. */
export function checkDecoderFlags(mode: Mode, flags: DecoderFlags & { output?: OutputSpec['kind'] }): void {
  if (mode !== 'encoder-decoder') {
    const names = ['attention', 'teacherForcing', 'decoderCell', 'decoderHidden', 'decoderLayers'] as const;
    refuse(flags, [...names, ...ofSymbols], `belongs to encoder-decoder; this is ${mode}`);
  } else if (flags.output === 'values') {
    refuse(flags, ofSymbols, 'does not apply: the output is values');
  }
}

/** The options of the architecture. Errors: `ERR_OPTION` for what does not apply to this kind of output. */
export function decoderParts(
  flags: DecoderFlags,
  output: OutputSpec['kind'],
): Pick<EncoderDecoderArchitecture, 'decoder' | 'attention' | 'teacherForcing'> {
  const { attention, teacherForcing: share, decoderInput, decoderEmbedding, decoderMinCount } = flags;
  if (output !== 'classes') refuse(flags, ofSymbols, `does not apply: the output is ${output}`);
  return {
    attention,
    teacherForcing: share,
    decoder: {
      // The library checks the options of a kind.
      cell: flags.decoderCell as DecoderSpec['cell'],
      hidden: flags.decoderHidden,
      layers: flags.decoderLayers,
      ...(output === 'classes' && {
        input: {
          kind: 'tokens',
          tokenizer: decoderInput,
          embedding: decoderEmbedding,
          minCount: decoderMinCount,
        },
      }),
    },
  };
}

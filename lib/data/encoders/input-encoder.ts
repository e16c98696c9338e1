import type { InputSpec } from '../../architecture/architecture';
import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { isPromise } from '../../support/realms';
import { WorkSlice } from '../../support/work-slice';
import type { EncodedSequence } from '../encoded';
import type { Locate, Sequence } from '../example';
import { Normalization } from '../normalization';
import type { Tokenizer } from '../text/tokenizer';
import { Vocabulary } from '../text/vocabulary';
import type { WordForms } from '../text/word-forms';
import { FeatureInput, type FeatureInputJSON } from './feature-input';
import { MultihotInput, type MultihotInputJSON } from './multihot-input';
import { TokenInput, type TokenInputJSON } from './token-input';

export type InputEncoderJSON = TokenInputJSON | FeatureInputJSON | MultihotInputJSON;

const byNumber: Locate = (index) => `example ${index}`;

/**
 * Turns sequences into what the native core takes, in the way learned from the training data: vocabulary, number
 * and scale of the features, number of indexes.
 *
 * Every method that sees data throws a BpttError naming example and step: `ERR_DATA` for the wrong kind of thing
 * (also NaN, and ids and indexes out of range), `ERR_SHAPE` for a wrong number of numbers.
 */
export class InputEncoder {
  private constructor(private readonly form: TokenInput | FeatureInput | MultihotInput) {}

  /**
   * @param locate names the examples in messages; default by their number from 0.
   */
  static async fit(
    spec: InputSpec,
    sequences: Iterable<Sequence>,
    locate: Locate = byNumber,
    slice = new WorkSlice(),
  ): Promise<InputEncoder> {
    const xs = Array.isArray(sequences) ? (sequences as readonly Sequence[]) : [...sequences];
    switch (spec.kind) {
      case 'tokens':
        return new InputEncoder(await TokenInput.fit(spec, xs, locate, slice));
      case 'features':
        return new InputEncoder(await FeatureInput.fit(spec, xs, locate, slice));
      case 'multihot':
        return new InputEncoder(await MultihotInput.fit(spec, xs, locate, slice));
    }
  }

  /** The encoder of options that leave no size to the training data; features then are taken as they are. */
  static known(spec: InputSpec): InputEncoder | undefined {
    if (spec.kind === 'tokens') {
      return spec.vocabulary && new InputEncoder(TokenInput.known(spec, spec.vocabulary));
    }
    const form =
      spec.kind === 'features'
        ? FeatureInput.known(spec)
        : spec.size === undefined
          ? undefined
          : new MultihotInput(spec.size);
    return form && new InputEncoder(form);
  }

  /** @throws BpttError `ERR_DATA` when the value is not what `toJSON` gives. */
  static fromJSON(value: unknown): InputEncoder {
    const json = (typeof value === 'object' && value !== null ? value : {}) as Partial<
      Record<string, unknown>
    >;
    if (json['kind'] === 'tokens' && isTokenizer(json['tokenizer'])) {
      const vocabulary = Vocabulary.fromJSON(json['vocabulary']);
      const { tokenizer, characters } = json;
      return new InputEncoder(
        TokenInput.withVocabulary(
          vocabulary,
          tokenizer,
          characters === undefined ? undefined : Vocabulary.fromJSON(characters),
        ),
      );
    }
    if (json['kind'] === 'tokens' && isSize(json['ids'])) {
      return new InputEncoder(new TokenInput(json['ids'], 'words'));
    }
    if (json['kind'] === 'features' && isSize(json['size'])) {
      const { size, normalization } = json;
      const scale = normalization === undefined ? undefined : Normalization.fromJSON(normalization);
      if (scale === undefined || scale.size === size) return new InputEncoder(new FeatureInput(size, scale));
    }
    if (json['kind'] === 'multihot' && isSize(json['size'])) {
      return new InputEncoder(new MultihotInput(json['size']));
    }
    throw new BpttError('ERR_DATA', `Expected the JSON form of an input encoder, found ${found(value)}.`);
  }

  get kind(): InputSpec['kind'] {
    return this.form.kind;
  }

  /** Number of token ids, features (I) or indexes. */
  get size(): number {
    return this.form.size;
  }

  /** Of token input, unless the caller made the ids. */
  get vocabulary(): Vocabulary | undefined {
    return this.form.kind === 'tokens' ? this.form.vocabulary : undefined;
  }

  /** Of the characters of words, where they are read too. */
  get characters(): Vocabulary | undefined {
    return this.form.kind === 'tokens' ? this.form.characters : undefined;
  }

  /** Of feature input, unless `normalize` was false. */
  get normalization(): Normalization | undefined {
    return this.form.kind === 'features' ? this.form.normalization : undefined;
  }

  /** Token input: [size] 1 for the tokens seen exactly once in training. */
  rare(): Uint8Array | undefined {
    return this.form.kind === 'tokens' ? this.form.rare() : undefined;
  }

  /** Characters seen in exactly one word of the training data: [size] 1. */
  rareCharacters(): Uint8Array | undefined {
    return this.characters?.rare();
  }

  /** For `encodeInSlices`, once for all sequences that are to be in batches together. */
  wordForms(): WordForms | undefined {
    return this.form.kind === 'tokens' ? this.form.wordForms() : undefined;
  }

  /**
   * One sequence; copies, so that the caller's arrays may change afterwards.
   *
   * @param where names the example in messages.
   */
  encode(x: unknown, where = 'the sequence'): EncodedSequence {
    return this.form.encode(x, where);
  }

  /** Many sequences, with pauses that let the event loop go on. */
  async encodeAll(
    sequences: Iterable<unknown>,
    locate: Locate = byNumber,
    slice = new WorkSlice(),
  ): Promise<EncodedSequence[]> {
    const forms = this.wordForms();
    const encoded: EncodedSequence[] = [];
    for (const x of sequences) {
      const sequence = this.encodeInSlices(x, locate(encoded.length), slice, forms);
      encoded.push(isPromise(sequence) ? await sequence : sequence);
    }
    return encoded;
  }

  /** One of many sequences: at once, or with pauses where it is long or the slice of work is spent. */
  encodeInSlices(
    x: unknown,
    where: string,
    slice: WorkSlice,
    forms?: WordForms,
  ): EncodedSequence | Promise<EncodedSequence> {
    if (slice.spent) return slice.pause().then(() => this.encodeInSlices(x, where, slice, forms));
    const { form } = this;
    return form.isShort(x) ? form.encode(x, where, forms) : form.encodeInSlices(x, where, slice, forms);
  }

  toJSON(): InputEncoderJSON {
    return this.form.toJSON();
  }
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) < 2 ** 31;
}

function isTokenizer(value: unknown): value is Tokenizer {
  return value === 'words' || value === 'characters';
}

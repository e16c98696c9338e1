import type { EncodedExample } from '../data/encoded';
import { encodeExamples, type Targets } from '../data/encoders/encode-examples';
import type { InputEncoder } from '../data/encoders/input-encoder';
import { examplesOf, type Data, type Locate, type Sequence } from '../data/example';
import type { Vocabulary } from '../data/text/vocabulary';
import type { WorkSlice } from '../support/work-slice';

/** What the tasks have in common that read an x and have a y for it. */
export abstract class ReadingTask {
  protected abstract readonly input: InputEncoder;

  /** Right answers to numbers; `keep` as in `encode`. */
  protected abstract targets(unknown: 'error' | 'keep'): Targets;

  get vocabulary(): Vocabulary | undefined {
    return this.input.vocabulary;
  }

  rareTokens(): Uint8Array | undefined {
    return this.input.rare();
  }

  rareCharacters(): Uint8Array | undefined {
    return this.input.rareCharacters();
  }

  encode(
    data: Data,
    unknown: 'error' | 'keep',
    slice?: WorkSlice,
    locate?: Locate,
  ): Promise<EncodedExample[]> {
    return encodeExamples(examplesOf(data), this.input, this.targets(unknown), { unknown, slice, locate });
  }

  async encodeInputs(xs: readonly Sequence[], locate: Locate, slice?: WorkSlice): Promise<EncodedExample[]> {
    const inputs = await this.input.encodeAll(xs, locate, slice);
    return inputs.map((input) => ({ input }));
  }
}

import type { Batch, Evaluation, Generated, NetworkOptions } from '../../../binding';
import type { OneToManyForm } from '../../architecture/architecture';
import { nativeStack } from '../../architecture/network-options';
import { assembleBatch } from '../../data/batches/batch';
import type { EncodedExample, EncodedSequence } from '../../data/encoded';
import { ContextEncoder, contextRows } from '../../data/encoders/context';
import { InputEncoder } from '../../data/encoders/input-encoder';
import {
  boundary,
  prepend,
  shiftedRows,
  shiftedSets,
  shiftedSymbols,
} from '../../data/encoders/shifted-sequence';
import { stepEncoder, type StepEncoder } from '../../data/encoders/step-encoder';
import { locate as byPlace, Text, type Data, type SequenceExample } from '../../data/example';
import type { Normalization } from '../../data/normalization';
import type { Vocabulary } from '../../data/text/vocabulary';
import type { Meter } from '../../metrics/meter';
import { BpttError } from '../../support/errors';
import { found } from '../../support/found';
import { WorkSlice } from '../../support/work-slice';
import { networkInput } from '../aligned/aligned-task';
import { constantEvaluation, targetMeans, type ConstantAnswer } from '../constant-answer';
import type { Task, TaskJSON, Engine } from '../task';
import { NextStepMeter } from './next-step-meter';

/** What a model of this kind writes at a step: a symbol, the active indexes, or values. */
export type Written = string | number[];

/** The task of models that write sequences (one-to-many): at each step they tell the next one from those before it. */
export class NextStepTask implements Task<never, Evaluation> {
  readonly metric = 'loss';
  readonly labels = undefined;
  readonly network: NetworkOptions;

  private constructor(
    form: OneToManyForm,
    readonly input: InputEncoder,
    /** Whether it learned from a text, which has neither beginning nor end. */
    readonly endless: boolean,
    private readonly context: ContextEncoder | undefined,
  ) {
    // The boundary of symbols is the padding, which stands nowhere else in one direction without a window.
    const size = input.kind === 'multihot' ? input.size + 1 : input.size;
    const output = ({ tokens: 'classes', features: 'values', multihot: 'multihot' } as const)[input.kind];
    this.network = {
      ...nativeStack(form),
      dropout: form.dropout,
      input: networkInput({ input: form.sequence }, { size, characters: undefined }),
      pooling: 'none',
      output: { kind: output, size },
      ...(context && { context: context.size }),
    };
  }

  /** Learns from training data what the architecture leaves open. */
  static async learn(form: OneToManyForm, data: Data, slice?: WorkSlice): Promise<NextStepTask> {
    const locate = byPlace(data);
    if (data instanceof Text) {
      checkReadsText(form);
      const input = await InputEncoder.fit(form.sequence, [data.symbols], locate, slice);
      return new NextStepTask(form, input, true, undefined);
    }
    const given = data as readonly SequenceExample[];
    const ys = given.map(({ y }) => y);
    const input = await InputEncoder.fit(form.sequence, ys, locate, slice);
    if (form.context === 'none') return new NextStepTask(form, input, false, undefined);
    const xs = given.map(({ x }) => x);
    return new NextStepTask(form, input, false, await ContextEncoder.fit(form.context, xs, locate, slice));
  }

  /** The task of an architecture that leaves no size open: features are taken as they are. */
  static known(form: OneToManyForm): NextStepTask | undefined {
    const input = form.context === 'none' ? InputEncoder.known(form.sequence) : undefined;
    return input && new NextStepTask(form, input, false, undefined);
  }

  /** Errors: `ERR_DATA` for what `toJSON` does not give, or not for this architecture. */
  static fromJSON(form: OneToManyForm, json: TaskJSON): NextStepTask {
    const input = InputEncoder.fromJSON(json.input);
    const { kind, endless, context } = (
      typeof json.output === 'object' && json.output !== null ? json.output : {}
    ) as Partial<Record<string, unknown>>;
    if (input.kind !== form.sequence.kind) {
      throw new BpttError('ERR_DATA', `expected ${form.sequence.kind}; found ${input.kind}`);
    }
    if (kind !== 'next' || typeof endless !== 'boolean' || (endless && input.kind !== 'tokens')) {
      throw new BpttError(
        'ERR_DATA',
        `expected what a model learned about the next step; found ${found(json.output)}`,
      );
    }
    const encoder = context === undefined ? undefined : ContextEncoder.fromJSON(context);
    if ((encoder?.kind ?? 'none') !== form.context || (endless && encoder !== undefined)) {
      throw new BpttError(
        'ERR_DATA',
        `expected a context "${form.context}"; found "${encoder?.kind ?? 'none'}"`,
      );
    }
    return new NextStepTask(form, input, endless, encoder);
  }

  get vocabulary(): Vocabulary | undefined {
    return this.input.vocabulary;
  }

  /** The classes of a context. */
  get contexts(): string[] | undefined {
    return this.context?.classes?.toJSON();
  }

  get scale(): Normalization | undefined {
    return this.input.normalization;
  }

  rareTokens(): Uint8Array | undefined {
    return this.input.rare();
  }

  rareCharacters(): undefined {
    return undefined;
  }

  async encode(
    data: Data,
    _unknown: 'error' | 'keep',
    slice = new WorkSlice(),
    locate = byPlace(data),
  ): Promise<EncodedExample[]> {
    if (data instanceof Text !== this.endless) {
      const [trained, other] = ['sequences', 'a text, which has neither beginning nor end'];
      throw new BpttError(
        'ERR_DATA',
        this.endless
          ? `This model was trained on ${other}; expected a text (a string), found ${trained}.`
          : `This model was trained on ${trained}; expected examples { y }, found ${other}.`,
      );
    }
    if (data instanceof Text) return [await this.encodeText(data, locate(0), slice)];
    const given = data as readonly SequenceExample[];
    const encoded: EncodedExample[] = [];
    for (const { x, y } of given) {
      const where = locate(encoded.length);
      const context = this.encodeContext(x, where);
      const sequence = await this.input.encodeInSlices(y, where, slice);
      encoded.push({ ...this.shifted(sequence, where), ...(context !== undefined && { context }) });
      slice.count();
    }
    return encoded;
  }

  encodeInputs(): never {
    throw noPrediction();
  }

  assemble(examples: readonly EncodedExample[], indexes: Int32Array): Batch {
    const batch = assembleBatch(examples, indexes, this.network.output.size);
    if (this.context !== undefined) {
      const contexts = Array.from(indexes, (index) => examples[index]!.context!);
      batch.context = contextRows(contexts, this.context.size);
    }
    return batch;
  }

  compute(engine: Engine, batch: Batch): Promise<Evaluation> {
    return engine.evaluate(batch);
  }

  predictions(): never {
    throw noPrediction();
  }

  meter(): Meter<Evaluation> {
    return new NextStepMeter(this.network.output, this.input);
  }

  async constantAnswers(
    training: readonly EncodedExample[],
    _measured: readonly EncodedExample[],
    slice: WorkSlice,
  ): Promise<ConstantAnswer<Evaluation>[]> {
    const { output } = this.network;
    return [constantEvaluation(output, await targetMeans(training, output, slice))];
  }

  stepEncoder(): StepEncoder {
    return stepEncoder(this.input);
  }

  /**
   * What a network reads before it writes the first step that is wanted, with what stands before a sequence: the boundary, or,
   * of values, a row of zeros where there is a context.
   */
  begin(prompt: unknown, where: string): EncodedExample['input'] {
    const { tokens, active, activeCounts, features, length } = this.encodePrompt(prompt, where);
    const { size } = this.input;
    switch (this.input.kind) {
      case 'tokens': {
        // A stream is read from anywhere; the boundary, which it has never seen, stands for nothing read yet.
        const begins = !this.endless || length === 0;
        const ids = tokens ?? new Int32Array();
        return begins ? { length: length + 1, tokens: prepend(boundary, ids) } : { length, tokens: ids };
      }
      case 'multihot':
        return {
          length: length + 1,
          active: prepend(size, active ?? new Int32Array()),
          activeCounts: prepend(1, activeCounts ?? new Int32Array()),
        };
      case 'features': {
        if (this.context !== undefined) {
          const rows = new Float32Array((length + 1) * size);
          rows.set(features ?? [], size);
          return { length: length + 1, features: rows };
        }
        if (length === 0) {
          throw new BpttError(
            'ERR_OPTION',
            `${where}: expected at least one row of ${size} numbers, since values without a context have no beginning of their own.`,
          );
        }
        return { length, features: features! };
      }
    }
  }

  /** What stands before a sequence, as a stream reads it; undefined where there is nothing. */
  get start(): Float32Array | Int32Array | undefined {
    if (this.endless) return undefined;
    switch (this.input.kind) {
      case 'tokens':
        return Int32Array.of(boundary);
      case 'multihot':
        return Int32Array.of(this.input.size);
      case 'features':
        return this.context && new Float32Array(this.input.size);
    }
  }

  /** Errors: `ERR_DATA` for what is no context of this model, and where there is one too many or none. */
  encodeContext(x: unknown, where: string): number | Float32Array | undefined {
    if (this.context !== undefined) return this.context.encode(x, where);
    if (x === undefined) return undefined;
    throw new BpttError(
      'ERR_DATA',
      `${where}: a context (x) is given, but the model has no context; the option "context" of the architecture says whether it is a "class" or "values".`,
    );
  }

  /** [B·K], or undefined where the model has no context. */
  contextRows(contexts: readonly (number | Float32Array | undefined)[]): Float32Array | undefined {
    return this.context && contextRows(contexts as (number | Float32Array)[], this.context.size);
  }

  /** The steps that a generator has written, of all sequences one after the other. */
  written({ symbols, active, activeCounts, values }: Generated): Written[] {
    if (symbols !== undefined) {
      const { vocabulary } = this;
      return Array.from(symbols, (id) => vocabulary?.known(id) ?? String(id));
    }
    if (values !== undefined) {
      const { size, normalization } = this.input;
      return Array.from({ length: values.length / size }, (_, row) => {
        const numbers = [...values.subarray(row * size, (row + 1) * size)];
        normalization?.restore(numbers, 0, numbers, 0);
        return numbers;
      });
    }
    let at = 0;
    return Array.from(activeCounts!, (count) => [...active!.subarray(at, (at += count))]);
  }

  toJSON(): TaskJSON {
    const { endless, context } = this;
    return {
      input: this.input.toJSON(),
      output: { kind: 'next', endless, ...(context && { context: context.toJSON() }) },
    };
  }

  private async encodeText({ symbols }: Text, where: string, slice: WorkSlice): Promise<EncodedExample> {
    const { tokens } = await this.input.encodeInSlices(symbols, where, slice);
    if (tokens!.length < 2) {
      throw new BpttError(
        'ERR_DATA',
        `A text needs at least two symbols, of which the second can be told from the first; found ${tokens!.length}.`,
      );
    }
    this.checkNoBoundary(tokens!, where);
    return { input: { length: tokens!.length - 1 }, text: tokens! };
  }

  private encodePrompt(prompt: unknown, where: string): EncodedSequence {
    if (prompt === undefined) return { length: 0 };
    const encoded = this.input.encode(prompt, where);
    if (encoded.tokens !== undefined) this.checkNoBoundary(encoded.tokens, where);
    return encoded;
  }

  private shifted(sequence: EncodedSequence, where: string): EncodedExample {
    switch (this.input.kind) {
      case 'tokens':
        this.checkNoBoundary(sequence.tokens!, where);
        return shiftedSymbols(sequence.tokens!);
      case 'multihot':
        return shiftedSets(
          { active: sequence.active!, activeCounts: sequence.activeCounts! },
          this.input.size,
        );
      case 'features':
        return shiftedRows(sequence.features!, this.input.size, this.context !== undefined);
    }
  }

  /** Ids that the caller made may be anything. */
  private checkNoBoundary(ids: Int32Array, where: string): void {
    const at = ids.indexOf(boundary);
    if (at >= 0) {
      throw new BpttError(
        'ERR_DATA',
        `${where}, step ${at}: expected an id of at least 1; 0 stands for beginning and end.`,
      );
    }
  }
}

/** Errors: `ERR_DATA` for a model that cannot learn from a text. */
function checkReadsText({ context, sequence }: OneToManyForm): void {
  if (context !== 'none') {
    throw new BpttError(
      'ERR_DATA',
      `A text is one stream and has no context; option "context" is "${context}".`,
    );
  }
  if (sequence.kind !== 'tokens') {
    throw new BpttError(
      'ERR_DATA',
      `A text is made of tokens; option "sequence.kind" is "${sequence.kind}".`,
    );
  }
}

/** There is no one answer. */
export function noPrediction(): BpttError {
  return new BpttError(
    'ERR_OPTION',
    'A one-to-many model does not predict, it writes sequences: use generate or generateMany (with temperature 0 for the most probable step each time).',
  );
}

import type {
  Batch,
  DecoderOptions,
  Evaluation,
  NetworkOptions,
  StepResult,
  TrainerOptions,
} from '../../binding';
import { native } from '../../lib/addon/native';
import { decode, expectClose, readFixture } from './read-fixture';
import type { Encoded } from './read-fixture';

interface EncodedBatch {
  lengths: number[];
  tokens?: number[];
  characters?: number[];
  characterCounts?: number[];
  words?: number[];
  features?: Encoded;
  activeCounts?: number[];
  active?: number[];
  classes?: number[];
  targetLengths?: number[];
  values?: Encoded;
}

/** What the cells of these cases have no use for, or have as it begins. */
const plain = { forgetBias: 1, peepholes: false, projection: 0, layerNorm: false };

interface Case {
  name: string;
  network: Omit<NetworkOptions, 'dropout' | 'seed' | keyof typeof plain | 'decoder'> & {
    decoder?: Omit<DecoderOptions, keyof typeof plain>;
  };
  optimizer: TrainerOptions['optimizer'];
  learningRate: number;
  clipNorm: number;
  parameters: Record<string, Encoded>;
  batches: EncodedBatch[];
  evaluation: { output: Encoded; loss: number; count: number };
  steps: { loss: number; count: number; gradientNorm: number; parameters: Record<string, Encoded> }[];
}

function makeNetwork({ network: { decoder, ...options }, parameters }: Case) {
  const network = new (native().Network)({
    ...options,
    ...(decoder && { decoder: { ...decoder, ...plain } }),
    ...plain,
    dropout: { input: 0, between: 0, recurrent: 0, output: 0 },
    seed: 1,
  });
  expect(network.parameterNames().sort()).toEqual(Object.keys(parameters).sort());
  for (const [name, data] of Object.entries(parameters)) network.setParameter(name, decode(data));
  return network;
}

function makeBatch(batch: EncodedBatch): Batch {
  return {
    lengths: Int32Array.from(batch.lengths),
    ...(batch.tokens && { tokens: Int32Array.from(batch.tokens) }),
    ...(batch.characters && { characters: Int32Array.from(batch.characters) }),
    ...(batch.characterCounts && { characterCounts: Int32Array.from(batch.characterCounts) }),
    ...(batch.words && { words: Int32Array.from(batch.words) }),
    ...(batch.features && { features: decode(batch.features) }),
    ...(batch.activeCounts && { activeCounts: Int32Array.from(batch.activeCounts) }),
    ...(batch.active && { active: Int32Array.from(batch.active) }),
    ...(batch.classes && { classes: Int32Array.from(batch.classes) }),
    ...(batch.targetLengths && { targetLengths: Int32Array.from(batch.targetLengths) }),
    ...(batch.values && { values: decode(batch.values) }),
  };
}

function expectEvaluation(actual: Evaluation, expected: Case['evaluation']): void {
  expectClose('output', actual.output, expected.output);
  expect(actual.loss / expected.loss).toBeCloseTo(1, 5);
  expect(actual.count).toBe(expected.count);
}

function expectStep(actual: StepResult, expected: Case['steps'][number]): void {
  expect(actual.loss / expected.loss).toBeCloseTo(1, 5);
  expect(actual.count).toBe(expected.count);
  expect(actual.gradientNorm / expected.gradientNorm).toBeCloseTo(1, 5);
}

describe.each(['models', 'ctc', 'characters', 'decoder', 'optimizers'])(
  '%s train as with PyTorch',
  (fixture) => {
    const { cases } = readFixture<{ cases: Case[] }>(fixture);

    it.each(cases)('$name', async (one) => {
      const network = makeNetwork(one);
      expectEvaluation(await network.evaluate(makeBatch(one.batches[0]!)), one.evaluation);

      const { optimizer, clipNorm } = one;
      const trainer = new (native().Trainer)(network, { optimizer, clipNorm, threads: 2, seed: 1 });
      for (const [index, expected] of one.steps.entries()) {
        expectStep(await trainer.step(makeBatch(one.batches[index]!), one.learningRate), expected);
        await trainer.finish();
        for (const [name, data] of Object.entries(expected.parameters)) {
          expectClose(`${name} after step ${index + 1}`, network.parameter(name), data);
        }
      }
      trainer.dispose();
      network.dispose();
    });
  },
);

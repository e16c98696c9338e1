import { join } from 'node:path';
import * as ts from 'typescript';
import type { Batch, DecodingOptions, GeneratorOptions, NetworkOptions } from '../../binding';
import { native } from '../../lib/addon/native';
import { networkOptions, stack, training } from './options';

/** The addon reads each field of the options that binding.d.ts declares, and makes each field of the results; and no others. */

const path = join(__dirname, '..', '..', 'binding.d.ts');
const program = ts.createProgram([path], { target: ts.ScriptTarget.ES2022, strict: true, types: [] });
const checker = program.getTypeChecker();
const source = program.getSourceFile(path)!;
const exported = new Map(
  checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map((symbol) => [symbol.name, symbol]),
);

/** The fields of an interface and of the plain objects within, as paths; with `needed` those alone that must be there. */
function declared(name: string, needed = false): string[] {
  const fields = new Set<string>();
  const visit = (type: ts.Type, before: string): void => {
    for (const one of type.isUnion() ? type.types : [type]) {
      // Plain objects of this file: neither arrays nor objects with methods.
      const place = (one.symbol as ts.Symbol | undefined)?.declarations?.[0];
      if (!place || place.getSourceFile() !== source || ts.isClassDeclaration(place)) continue;
      for (const property of checker.getPropertiesOfType(one)) {
        if (needed && property.flags & ts.SymbolFlags.Optional) continue;
        fields.add(before + property.name);
        if (!needed) visit(checker.getTypeOfSymbol(property), `${before}${property.name}.`);
      }
    }
  };
  visit(checker.getDeclaredTypeOfSymbol(exported.get(name)!), '');
  return [...fields].sort();
}

const reads = new Map<string, Set<string>>();

/** Options that tell which of their fields are read. */
function told<T extends object>(name: string, options: T, before = ''): T {
  const fields = reads.get(name) ?? new Set();
  reads.set(name, fields);
  return new Proxy(options, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      fields.add(before + String(key));
      const plain = Object.prototype.toString.call(value) === '[object Object]';
      return plain && Object.getPrototypeOf(value) === Object.prototype
        ? told(name, value as object, `${before}${String(key)}.`)
        : value;
    },
  });
}

const results = new Map<string, Record<string, unknown>[]>();
function given<T extends object>(name: string, result: T): T {
  results.set(name, [...(results.get(name) ?? []), result as Record<string, unknown>]);
  return result;
}

/** Plain objects within are looked into, if they hold what is declared and not what is named by the model. */
function fieldsOf(result: Record<string, unknown>, within: Set<string>, before = ''): string[] {
  return Object.entries(result).flatMap(([key, value]) =>
    within.has(`${before}${key}`)
      ? [`${before}${key}`, ...fieldsOf(value as Record<string, unknown>, within, `${before}${key}.`)]
      : [`${before}${key}`],
  );
}

const { Network, Trainer, Generator, Parameters, RecurrentLayer, Stream, measurePeak, measureReadBandwidth } =
  native();

const make = (changes: Partial<NetworkOptions>) =>
  new Network(told('NetworkOptions', networkOptions(changes)));
const batch = (fields: Batch) => told('Batch', fields);
const decoding = (fields: DecodingOptions) => told('DecodingOptions', fields);
const sampling = (seeds: number[]): GeneratorOptions =>
  told('GeneratorOptions', {
    temperature: 1,
    topK: 0,
    topP: 1,
    seeds: Float64Array.from(seeds),
    banned: new Int32Array(0),
    endless: false,
  });

beforeAll(async () => {
  given('SystemInfo', native().system());
  await measurePeak(told('PeakOptions', { threads: 1, seconds: 0.001, precision: 'float32' }));
  await measureReadBandwidth(told('ReadingOptions', { threads: 1, seconds: 0.001, bytes: 1024 }));
  new RecurrentLayer(
    told('RecurrentLayerOptions', { ...stack, input: 1, threads: 1, precision: 'float32' }),
  ).dispose();

  const words: Batch = { lengths: Int32Array.of(2), tokens: Int32Array.of(2, 3) };
  const tagger = make({
    input: {
      kind: 'tokens',
      vocabulary: 10,
      embedding: 4,
      window: 0,
      characters: { vocabulary: 5, embedding: 2, hidden: 2 },
    },
    crf: { rules: { types: Int32Array.of(0, 1, 1), places: Uint8Array.of(0, 2, 3), breaksOff: true } },
  });
  const spelled: Batch = {
    ...words,
    characters: Int32Array.of(2, 3, 4),
    characterCounts: Int32Array.of(1, 2),
    words: Int32Array.of(0, 1),
    classes: Int32Array.of(0, 1),
    marginals: true,
  };
  given('Evaluation', await tagger.evaluate(batch(spelled)));

  const states = { h: new Float32Array(2), c: new Float32Array(2) };
  const plain = make({ context: 1 });
  given(
    'Evaluation',
    await plain.evaluate(batch({ ...words, classes: Int32Array.of(0, 1), initial: states, keeps: true })),
  );
  const trainer = new Trainer(
    plain,
    told('TrainerOptions', { ...training, rareTokens: new Uint8Array(10), background: true }),
  );
  given(
    'StepResult',
    await trainer.step(batch({ ...words, classes: Int32Array.of(0, 1), initial: states, keeps: true }), 0.1),
  );
  await trainer.keep();
  const { parameters, first, second, kept, updates, carried } = given('TrainerState', await trainer.state());
  const all = (arrays: Record<string, Float32Array> | undefined) => {
    const held = new Parameters(networkOptions({ context: 1 }));
    for (const [name, array] of Object.entries(arrays!)) held.add(name, array);
    return held;
  };
  new Trainer(
    plain,
    training,
    told('TrainerState', {
      updates,
      parameters: all(parameters),
      first: all(first),
      second: all(second),
      kept: all(kept),
      carried: { ...carried! },
    }),
  ).dispose();
  trainer.dispose();
  given('States', new Stream(plain, Float32Array.of(1)).state());

  const { bidirectional: _, seed: __, ...decoder } = stack;
  const writer = make({
    input: { kind: 'features', size: 1 },
    output: { kind: 'classes', size: 4 },
    decoder: { ...decoder, embedding: 2, attention: 'luong' },
  });
  const wave: Batch = { lengths: Int32Array.of(2), features: Float32Array.of(1, 2) };
  given(
    'Decoding',
    await writer.decode(
      batch({ ...wave, teacherForcing: 1, targetLengths: Int32Array.of(1), classes: Int32Array.of(2) }),
      decoding({ beam: 2, nBest: 1, lengthPenalty: 0.5, attention: true, limits: Int32Array.of(3) }),
    ),
  );

  const kinds: [Partial<NetworkOptions>, Batch][] = [
    [
      {
        input: { kind: 'tokens', vocabulary: 3, embedding: 2, window: 0 },
        output: { kind: 'classes', size: 3 },
      },
      { lengths: Int32Array.of(1), tokens: Int32Array.of(0) },
    ],
    [
      { input: { kind: 'multihot', size: 3, embedding: 0 }, output: { kind: 'multihot', size: 3 } },
      { lengths: Int32Array.of(1), activeCounts: Int32Array.of(1), active: Int32Array.of(2) },
    ],
    [
      { input: { kind: 'features', size: 1 }, output: { kind: 'values', size: 1 } },
      { lengths: Int32Array.of(1), features: Float32Array.of(1) },
    ],
  ];
  for (const [changes, prompts] of kinds)
    given('Generated', await new Generator(make(changes), batch(prompts), sampling([1])).next(2));
});

test.each([
  'PeakOptions',
  'ReadingOptions',
  'RecurrentLayerOptions',
  'NetworkOptions',
  'Batch',
  'DecodingOptions',
  'TrainerOptions',
  'TrainerState',
  'GeneratorOptions',
])('the fields that are read of %s are those declared', (name) => {
  expect([...reads.get(name)!].sort()).toEqual(declared(name));
});

test.each(['SystemInfo', 'Evaluation', 'StepResult', 'States', 'TrainerState', 'Decoding', 'Generated'])(
  'the fields that %s is given with are those declared',
  (name) => {
    const fields = declared(name);
    const within = new Set(fields.filter((field) => fields.some((other) => other.startsWith(`${field}.`))));
    const all = results.get(name)!;
    expect([...new Set(all.flatMap((result) => fieldsOf(result, within)))].sort()).toEqual(fields);
    for (const result of all)
      expect(Object.keys(result)).toEqual(expect.arrayContaining(declared(name, true)));
  },
);

test('every interface of options and results is among them, or within one of them', () => {
  const interfaces = [...exported.values()].filter((symbol) => symbol.flags & ts.SymbolFlags.Interface);
  const within = [
    'MeasurementOptions',
    'StackOptions',
    'CharactersOptions',
    'CrfOptions',
    'ChunkRules',
    'DecoderOptions',
    'Realm',
  ];
  expect(interfaces.map(({ name }) => name).sort()).toEqual(
    [...new Set([...reads.keys(), ...results.keys(), ...within])].sort(),
  );
});

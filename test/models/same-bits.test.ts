import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { EncoderDecoder, ManyToMany, ManyToOne, OneToMany, type FitOptions } from '../../lib/index';
import {
  firstWord,
  firstWordModel,
  oddKeys,
  oddKeysModel,
  reversals,
  reversalsModel,
  sine,
  sineModel,
  spoken,
  tags,
  tagsModel,
  tides,
  tidesModel,
} from '../tasks';
import { temporaryFolder } from '../temporary-folder';

const folder = temporaryFolder();

interface Model extends Disposable {
  fit(data: never, options?: FitOptions<never>): Promise<unknown>;
  save(path: string): Promise<void>;
}

// Large enough that the work is shared among threads, a slice of the batch each.
const hidden = 64;
// So large that each thread has units of its own.
const wide = 340;
const letters = { kind: 'tokens', embedding: 8 } as const;
const names = firstWord(100, 3).map(({ x, y }) => ({ x: y as string, y: (x as string[]).join(' ') }));

const cases: Record<string, [make: () => Model, data: unknown]> = {
  'many-to-one, attention': [
    () => new ManyToOne({ ...firstWordModel, hidden, pooling: 'attention', dropout: 0.2 }),
    firstWord(150, 1),
  ],
  'many-to-one, sets, mean': [
    () => new ManyToOne({ ...oddKeysModel, hidden, pooling: 'mean' }),
    oddKeys(150, 1),
  ],
  'many-to-many': [
    () => new ManyToMany({ ...tagsModel, hidden, layers: 2, dropout: { recurrent: 0.2, between: 0.2 } }),
    tags(150, 1),
  ],
  'many-to-many, units shared': [
    () => new ManyToMany({ ...tagsModel, hidden: wide, cell: { kind: 'gru', reset: 'before' } }),
    tags(40, 1),
  ],
  'many-to-many, crf and characters': [
    () =>
      new ManyToMany({
        ...tagsModel,
        hidden,
        input: { kind: 'tokens', embedding: 8, characters: true, window: 1 },
        crf: true,
      }),
    tags(100, 1),
  ],
  'many-to-many, values': [() => new ManyToMany({ ...sineModel, hidden }), sine(100, 1)],
  'many-to-many, ctc': [
    () =>
      new ManyToMany({
        cell: 'lstm',
        hidden,
        bidirectional: true,
        input: { kind: 'features' },
        output: { kind: 'classes' },
        alignment: 'ctc',
      }),
    spoken(100, 1),
  ],
  'one-to-many, from a class': [
    () => new OneToMany({ cell: 'lstm', hidden, sequence: letters, context: 'class' }),
    names,
  ],
  'one-to-many, a text': [
    () => new OneToMany({ cell: 'gru', hidden, sequence: letters }),
    'row, row, row your boat, gently down the stream. '.repeat(60),
  ],
  'encoder-decoder, symbols': [
    () =>
      new EncoderDecoder({
        ...reversalsModel,
        hidden,
        attention: 'bahdanau',
        teacherForcing: { from: 1, to: 0.5, epochs: 2 },
      }),
    reversals(150, 1),
  ],
  'encoder-decoder, values': [() => new EncoderDecoder({ ...tidesModel, hidden }), tides(100, 1)],
};

test.each(Object.entries(cases))(
  '%s: the saved model has the same bytes with 1, 2, 3 and 8 threads',
  async (_, [make, data]) => {
    const saved: Buffer[] = [];
    for (const threads of [1, 2, 3, 8]) {
      const path = join(folder, `${threads}.safetensors`);
      using model = make();
      await model.fit(data as never, { epochs: 2, threads });
      await model.save(path);
      saved.push(readFileSync(path));
    }
    expect(saved.map((bytes) => bytes.equals(saved[0]!))).toEqual([true, true, true, true]);
  },
  60_000,
);

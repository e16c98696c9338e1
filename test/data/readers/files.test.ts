import { execFileSync } from 'node:child_process';
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  promises,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { collectExamples, FileExample, locate } from '../../../lib/data/example';
import {
  readExamples,
  readInputs,
  readParts,
  readText,
  type FileOptions,
} from '../../../lib/data/readers/files';
import { readLines } from '../../../lib/data/readers/text-reader';
import { ManyToMany } from '../../../lib/index';
import { temporaryFolder } from '../../temporary-folder';
import { failure, rejection } from '../failure';

const folder = temporaryFolder();
let files = 0;

function file(ending: string, content: string | Buffer): string {
  const path = join(folder, `f${files++}${ending}`);
  writeFileSync(path, content);
  return path;
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

function read(path: string, options?: FileOptions) {
  return all(readExamples(path, options));
}

describe('.jsonl', () => {
  const lines = '{"x":["a","é"],"y":["O","B"]}\n{"x":[[0.5,-1]],"y":[3.5],"alternatives":[[4]],"id":7}\n';
  const expected = [
    { x: ['a', 'é'], y: ['O', 'B'] },
    { x: [[0.5, -1]], y: [3.5], alternatives: [[4]] },
  ];

  test.each([
    ['as it is', '.jsonl', lines],
    ['without the last line end', '.jsonl', lines.trimEnd()],
    [
      'with CR LF, blank lines and a byte order mark',
      '.jsonl',
      `\ufeff${lines.replaceAll('\n', '\r\n\r\n  \r\n')}`,
    ],
    ['in capitals', '.JSONL', lines],
    ['compressed', '.jsonl.gz', gzipSync(lines)],
    [
      'compressed in two members',
      '.jsonl.gz',
      Buffer.concat(lines.match(/.*\n/g)?.map((line) => gzipSync(line)) ?? []),
    ],
  ])('is read %s', async (_, ending, content) => {
    expect(await read(file(ending, content))).toEqual(expected);
  });

  test('lines may be cut anywhere between two reads', async () => {
    const long = Array.from({ length: 300 }, (_, i) => ({ x: `${'é😀'.repeat(i % 50)}${i}`, y: `${i}` }));
    const path = file('.jsonl', long.map((example) => JSON.stringify(example)).join('\n'));
    expect(await read(path)).toEqual(long);
    const bytes = createReadStream(path, { highWaterMark: 11 });
    const fromStream = await all(readExamples({ name: 'standard input', bytes, format: 'jsonl' }));
    expect(fromStream).toEqual(long);
  });

  test('lines are cut at LF and CR LF, and nowhere else', async () => {
    const path = file('.txt', '\ufeffa\r\n\n b\u2028c\rd \r\n\ufeffe');
    expect(await all(readLines(path))).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: '' },
      { number: 3, text: ' b\u2028c\rd ' },
      { number: 4, text: '\ufeffe' },
    ]);
  });

  test('examples know their line, blank ones counted', async () => {
    const path = file('.jsonl', '\n{"x":"a","y":"b"}\n\n{"x":"c","y":"d"}');
    const name = locate(await collectExamples(readExamples(path)));
    expect([name(0), name(1)]).toEqual([`${path}:2`, `${path}:4`]);
  });

  test('inputs alone, and other parts', async () => {
    const path = file('.jsonl', '{"x":"a"}\n{"x":"b","y":"c"}');
    expect(await all(readInputs(path))).toEqual(['a', 'b']);
    const names = file('.jsonl', '{"y":"emma"}');
    expect(await all(readParts(names, ['y']))).toEqual([{ y: 'emma' }]);
    expect(await rejection(read(names))).toEqual(failure('ERR_DATA', `${names}:1: the example has no "x"`));
  });

  test.each([
    ['{"x":"a","y":}', ':1:14: not JSON from here: "}"'],
    ['{"x":"a","y":"b"', ':1:17: the JSON breaks off'],
    ['{"x":"a","y":"b"}\nnull', ':2: expected an object such as {"x":…,"y":…}, found null'],
    ['["a","b"]', ':1: expected an object', 'found a list of 2'],
    ['{"x":"a"}', ':1: the example has no "y"'],
    ['{"x":3,"y":"b"}', ':1: "x" must be a string or a list, found the number 3'],
    ['{"x":null,"y":"b"}', ':1: "x" must be a string or a list, found null'],
    ['{"x":"a","y":{"z":1}}', ':1: "y" must be a string or a list, found an object'],
    ['{"x":"a","y":"b","alternatives":"c"}', ':1: "alternatives" must be a list'],
    ['{"x":"a\u0000","y":"b"}', ':1:8: a NUL byte'],
    ['\ufeff{"x":"é😀\u0000","y":"b"}', ':1:10: a NUL byte'],
  ])('%j is an error', async (content, ...parts) => {
    const path = file('.jsonl', content);
    expect(await rejection(read(path))).toEqual(failure('ERR_DATA', path, ...parts));
  });

  test('deep nesting is no matter', async () => {
    const path = file('.jsonl', '['.repeat(100_000));
    expect(await rejection(read(path))).toEqual(failure('ERR_DATA', `${path}:1:100001: the JSON breaks off`));
  });

  test('bytes that are not UTF-8 are named by line and column, as UTF-16 counts them', async () => {
    const good = Buffer.from('{"x":"a","y":"b"}\n');
    const bad = Buffer.concat([Buffer.from('"é😀\ufffd'), Buffer.from([0xc3, 0x28, 0x22])]);
    const path = file('.jsonl', Buffer.concat([good, good, bad]));
    expect(await rejection(read(path))).toEqual(
      failure('ERR_DATA', `${path}:3:6: the bytes are not UTF-8 text`),
    );
    const zipped = file('.jsonl', gzipSync(good));
    expect(await rejection(read(zipped))).toEqual(
      failure('ERR_DATA', `${zipped}:1:2: the bytes`, 'name must end in .gz'),
    );
  });

  test('a line that never ends is given up', async () => {
    const path = file('.jsonl', `{"x":"a","y":"b"}\n"${'a'.repeat(300_000)}`);
    expect(await rejection(all(readLines(path, 100_000)))).toEqual(
      failure('ERR_DATA', `${path}:2: the line is longer than 100000 bytes`),
    );
  });
});

describe('keys of an example that nobody knows', () => {
  const lines = '{"x":"a","y":"b","id":1,"note":"c"}\n{"x":"a","y":"b","id":2}\n';

  test('are told of once', async () => {
    const path = file('.jsonl', lines);
    const told: string[] = [];
    const onIgnored = (message: string): void => {
      told.push(message);
    };
    expect(await read(path, { onIgnored })).toHaveLength(2);
    expect(told).toEqual([
      `${path}:1: the key "id" is passed over; an example has x, y, alternatives.`,
      `${path}:1: the key "note" is passed over; an example has x, y, alternatives.`,
    ]);
  });

  test('are not told without end', async () => {
    const path = file(
      '.jsonl',
      Array.from({ length: 100 }, (_, i) => `{"x":"a","y":"b","k${i}":1}`).join('\n'),
    );
    const told: string[] = [];
    await read(path, { onIgnored: (message) => told.push(message) });
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toMatch(/further keys/);
  });

  test('a weight is an error, unless it would count for nothing', async () => {
    const path = file('.jsonl', '{"x":"a","y":"b","weight":2}');
    expect(await rejection(read(path))).toEqual(failure('ERR_DATA', `${path}:1: a "weight" is given`));
    expect(await all(readInputs(path))).toEqual(['a']);
  });

  test('are named where x is missing', async () => {
    const path = file('.jsonl', '{"input":"a","output":"b"}');
    expect(await rejection(read(path))).toEqual(
      failure('ERR_DATA', `${path}:1: the example has no "x"; found "input", "output".`),
    );
  });
});

test('rows of a table are held back until they tell what the columns are', async () => {
  const path = file('.csv', 'x,y\n1,a\n2,b\nc,c\n');
  const forms = { x: { single: 'rows' } } as const;
  expect(await rejection(read(path, { forms, lookAhead: 2 }))).toEqual(
    failure('ERR_DATA', `${path}:4, column "x": expected a number`),
  );
  expect(await read(path, { forms: {}, lookAhead: 2 })).toEqual(await read(path, {}));
});

describe('compression', () => {
  const whole = gzipSync(Array.from({ length: 3000 }, (_, i) => `{"x":"${i * i}","y":"b"}\n`).join(''));

  test.each([
    [10, /cut off \(/],
    [200, /cut off behind line [1-9]\d? \(/],
    [whole.length - 1, /cut off behind line 3000 \(/],
  ])('cut off after %i bytes', async (length, reached) => {
    const path = file('.jsonl.gz', whole.subarray(0, length));
    const error = await rejection(read(path));
    expect(error).toEqual(failure('ERR_DATA', `${path}: the gzip compression is damaged or cut off`));
    expect(error).toMatchObject({ message: expect.stringMatching(reached) as string });
  });

  test('damaged', async () => {
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 6] = (damaged[damaged.length - 6] as number) ^ 1;
    const path = file('.jsonl.gz', damaged);
    expect(await rejection(read(path))).toEqual(failure('ERR_DATA', path, 'damaged'));
    const plain = file('.jsonl.gz', '{"x":"a","y":"b"}\n');
    expect(await rejection(read(plain))).toEqual(failure('ERR_DATA', plain, 'damaged'));
    const empty = file('.jsonl.gz', '');
    expect(await rejection(read(empty))).toEqual(failure('ERR_DATA', empty, 'cut off'));
  });

  test.each(['g', 'garbage', '\x1f\x8b', '\x1f\x8b\x08'])('with %j behind it', async (more) => {
    const path = file('.jsonl.gz', Buffer.concat([whole, Buffer.from(more, 'latin1')]));
    expect(await rejection(read(path))).toEqual(failure('ERR_DATA', path, 'damaged'));
  });

  test('with the zeros behind it that fill a block', async () => {
    expect(await read(file('.jsonl.gz', Buffer.concat([whole, Buffer.alloc(512)])))).toHaveLength(3000);
  });
});

describe('.csv and .tsv', () => {
  test('cells are text unless they are JSON arrays', async () => {
    const path = file(
      '.csv',
      'id,y,x\r\n1,"a ""b"", c",hello\r\n\r\n2,"[""O"",""B""]","[""x"",""[y""]"\r\n3,[sic],"two\nlines"\r\n',
    );
    const examples = await read(path);
    expect(examples).toEqual([
      { x: 'hello', y: 'a "b", c' },
      { x: ['x', '[y'], y: ['O', 'B'] },
      { x: 'two\nlines', y: '[sic]' },
    ]);
    // A row is named by the line it ends at.
    expect(examples.map((example) => FileExample.place(example))).toEqual([
      `${path}:2`,
      `${path}:4`,
      `${path}:6`,
    ]);
  });

  test('columns can be named, and numbers taken for values', async () => {
    const path = file('.csv.gz', gzipSync('text,score\na,3.5\nb,-1e2\nc,high\n'));
    expect(await read(path, { x: 'text', y: 'score' })).toMatchObject([
      { y: '3.5' },
      { y: '-1e2' },
      { y: 'high' },
    ]);
    const forms = { y: { kinds: ['numbers'], single: 'row' } } as const;
    expect(await rejection(read(path, { x: 'text', y: 'score', forms }))).toEqual(
      failure('ERR_DATA', `${path}:4, column "score": expected a number or`, 'found "high"'),
    );
    const numbers = file('.csv', 'text,score\na,3.5\nb,-1e2\nc,[4]\n');
    expect(await read(numbers, { x: 'text', y: 'score', forms })).toEqual([
      { x: 'a', y: [3.5] },
      { x: 'b', y: [-100] },
      { x: 'c', y: [4] },
    ]);
    expect(await all(readInputs(path, { x: 'text' }))).toEqual(['a', 'b', 'c']);
  });

  test('.tsv has no quoting', async () => {
    const path = file('.tsv', '\ufeffx\ty\n"a, b" said\tz\n');
    expect(await read(path)).toEqual([{ x: '"a, b" said', y: 'z' }]);
  });

  test.each([
    ['', 'is empty; expected a header line'],
    ['x,z\n1,2\n', 'there is no column "y"; the first line, which is read as the header, has "x", "z"'],
    ['never again,0\nwhat a film,1\n', 'where that is a row of data, put a line with names above it'],
    [`${Array.from({ length: 5000 }, (_, i) => `c${i}`).join()}\n`, '"c19", … (5000)'],
    ['x,y,x\n1,2,3\n', 'has the column "x" twice'],
    ['x;y\n1;2\n', 'one name with semicolons; expected names with a comma between them'],
    // A comma in the numbers, as where semicolons are usual.
    ['x;y\n1,5;2,5\n', 'one name with semicolons'],
    ['x\ty\n1\t2\n', 'one name with tabs, as a .tsv file has them'],
    ['x,y\n1,2\n3\n', ':3: Invalid Record Length: expect 2, got 1'],
    ['x,y\n1,"2"3\n', ':2: Invalid Closing Quote'],
    ['x,y\n1,"2\n', ':2: Quote Not Closed'],
    ['x,y\na\u0000,b\n', ':2:2: a NUL byte'],
    [Buffer.from([0x78, 0x2c, 0x79, 0x0a, 0x31, 0x2c, 0xff, 0x0a]), ':2:3: the bytes are not UTF-8 text'],
    [Buffer.from([0x78, 0x2c, 0x79, 0x0a, 0x31, 0x2c, 0xc3]), ':2:3: the bytes are not UTF-8 text'],
  ])('%j is an error', async (content, message) => {
    const path = file('.csv', content);
    expect(await rejection(read(path))).toEqual(failure('ERR_DATA', path, message));
  });

  test('letters may be cut between two reads', async () => {
    const path = file(
      '.csv',
      `x,y\n${Array.from({ length: 30 }, (_, i) => `${'é😀'.repeat(i)},${i}`).join('\n')}`,
    );
    const bytes = createReadStream(path, { highWaterMark: 3 });
    const cut = await all(readExamples({ name: 'input', bytes, format: 'csv' }));
    expect(cut).toEqual(await read(path));
    expect(cut[29]).toEqual({ x: 'é😀'.repeat(29), y: '29' });
  });
});

describe('.txt', () => {
  test('is one text, line ends as they are', async () => {
    expect(await readText(file('.txt', '\ufeffa\r\n\u{1f600}b\n'))).toBe('a\r\n\u{1f600}b\n');
    expect(await readText(file('.txt.gz', gzipSync('')))).toBe('');
  });

  test('has no examples', async () => {
    const path = file('.txt', 'a');
    expect(await rejection(read(path))).toEqual(failure('ERR_OPTION', path, 'expected .jsonl, .csv or .tsv'));
  });

  test('names line and column of a NUL and of what is not UTF-8, wherever reads begin', async () => {
    for (const [content, message] of [
      [Buffer.from('\ufeffa\nb\n\0'), ':3:1: a NUL byte'],
      [Buffer.from('\ufeffaé\0'), ':1:3: a NUL byte'],
      [Buffer.from('a\nb\ncaf\xe9 x\nd\n', 'latin1'), ':3:4: the bytes'],
      [Buffer.concat([Buffer.from('\ufeffé\né😀\ufffdx'), Buffer.of(0xf0, 0x9f, 0x98)]), ':2:6: the bytes'],
      [Buffer.concat([Buffer.from('a\né'), Buffer.of(0x80, 0)]), ':2:2: the bytes'],
    ] as const) {
      const path = file('.txt', content);
      expect(await rejection(readText(path))).toEqual(failure('ERR_DATA', path + message));
      for (const highWaterMark of [1, 3]) {
        const bytes = createReadStream(path, { highWaterMark });
        expect(await rejection(readText({ name: 'input', bytes, format: 'txt' }))).toEqual(
          failure('ERR_DATA', `input${message}`),
        );
      }
    }
  });

  test('letters may be cut between two reads', async () => {
    const text = 'aé€😀\ufeff\ufffd\n'.repeat(20);
    const path = file('.txt', `\ufeff${text}`);
    for (const highWaterMark of [1, 2, 3, 5]) {
      const bytes = createReadStream(path, { highWaterMark });
      expect(await readText({ name: 'input', bytes, format: 'txt' })).toBe(text);
    }
  });
});

describe('files', () => {
  test.each(['.jsonl', '.csv', '.tsv', '.txt', '.jsonl.gz', '.csv.gz', '.tsv.gz', '.txt.gz'])(
    'a folder and a missing file are ERR_IO: %s',
    async (ending) => {
      const path = join(folder, `folder${ending}`);
      const open = (): Promise<unknown> => (ending.startsWith('.txt') ? readText(path) : read(path));
      expect(await rejection(open())).toEqual(failure('ERR_IO', path, 'ENOENT'));
      mkdirSync(path);
      expect(await rejection(open())).toEqual(failure('ERR_IO', path, 'it is a folder'));
    },
  );

  (process.platform === 'win32' ? test.skip : test)('a pipe is read like a file', async () => {
    const pipe = join(folder, 'pipe.jsonl');
    execFileSync('mkfifo', [pipe]);
    const writing = promises.writeFile(pipe, '{"x":"a","y":"b"}\n'.repeat(10_000));
    expect(await read(pipe)).toHaveLength(10_000);
    await writing;
  });

  test('text in UTF-16 is no UTF-8', async () => {
    const path = file('.jsonl', Buffer.from('\ufeff{"x":"a","y":"b"}\n', 'utf16le'));
    expect(await rejection(read(path))).toEqual(failure('ERR_DATA', `${path}:1:1: the bytes`));
  });

  test('that are not there, or are folders, or are named otherwise', async () => {
    const missing = join(folder, 'missing.jsonl');
    expect(await rejection(read(missing))).toEqual(failure('ERR_IO', missing, 'ENOENT'));
    const compressed = join(folder, 'missing.jsonl.gz');
    expect(await rejection(read(compressed))).toEqual(failure('ERR_IO', compressed, 'ENOENT'));
    const other = join(folder, 'data.json');
    expect(await rejection(read(other))).toEqual(failure('ERR_OPTION', other, '.jsonl, .csv, .tsv or .txt'));
  });

  test('are closed when the reader stops in the middle', async () => {
    const lines = '{"x":"a","y":"b"}\n'.repeat(20_000);
    const paths = [
      file('.jsonl', lines),
      file('.jsonl.gz', gzipSync(lines)),
      file('.csv', `x,y\n${'a,b\n'.repeat(20_000)}`),
    ];
    const before = openFiles();
    for (const path of paths) {
      for await (const example of readExamples(path)) {
        expect(example.y).toBe('b');
        break;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(openFiles()).toBeLessThanOrEqual(before);
  });
});

/** How many files this process has open, by the number the next one gets. */
function openFiles(): number {
  const handle = openSync(folder, 'r');
  closeSync(handle);
  expect(readdirSync(folder).length).toBeGreaterThan(0);
  return handle;
}

describe('what is wrong inside an example is named by file, line and part', () => {
  test.each([
    [
      '{"x":[[1e999]],"y":[[1]]}',
      'ERR_DATA',
      ':2, x, step 0, number 0: expected a finite number, found the number Infinity',
    ],
    ['{"x":[[NaN]],"y":[[1]]}', 'ERR_DATA', ':2:8: not JSON from here: "NaN'],
    ['{"x":[["1"]],"y":[[1]]}', 'ERR_DATA', ':2, x, step 0, number 0: expected a finite number, found "1"'],
    ['{"x":[[null]],"y":[[1]]}', 'ERR_DATA', ':2, x, step 0, number 0: expected a finite number, found null'],
    ['{"x":[true],"y":[[1]]}', 'ERR_DATA', ':2, x, step 0: expected a list of 1 numbers, found a boolean'],
    ['{"x":[[1,2]],"y":[[1]]}', 'ERR_SHAPE', ':2, x, step 0: expected 1 numbers, found 2'],
    [
      '{"x":[[[[1]]]],"y":[[1]]}',
      'ERR_DATA',
      ':2, x, step 0, number 0: expected a finite number, found a list',
    ],
    [`{"x":${'['.repeat(50_000)}${']'.repeat(50_000)},"y":[[1]]}`, 'ERR_DATA', ':2, x, step 0, number 0'],
    ['{"x":[[1]],"y":[["1"]]}', 'ERR_DATA', ':2, y, step 0, number 0: expected a finite number, found "1"'],
    ['{"x":[[1]],"y":[[1e999]]}', 'ERR_DATA', ':2, y, step 0, number 0: expected a finite number'],
    ['{"x":[[1],[2]],"y":[[1]]}', 'ERR_SHAPE', ':2: x has 2 steps and y 1'],
  ] as const)('%j', async (line, code, message) => {
    const path = file('.jsonl', `{"x":[[1]],"y":[[1]]}\n${line}\n`);
    const model = new ManyToMany({
      cell: 'rnn',
      hidden: 1,
      input: { kind: 'features' },
      output: { kind: 'values' },
    });
    expect(await rejection(model.fit(readExamples(path), { epochs: 1 }))).toEqual(
      failure(code, path + message),
    );
  });

  test('in evaluation too', async () => {
    const [good, wrong] = [
      file('.jsonl', '{"x":[[1]],"y":[[1]]}'),
      file('.jsonl', '{"x":[[1e999]],"y":[[1]]}'),
    ];
    const model = new ManyToMany({
      cell: 'rnn',
      hidden: 1,
      input: { kind: 'features' },
      output: { kind: 'values' },
    });
    await model.fit(readExamples(good), { epochs: 1 });
    expect(await rejection(model.evaluate(readExamples(wrong)))).toEqual(
      failure('ERR_DATA', `${wrong}:1, x, step 0, number 0`),
    );
  });
});

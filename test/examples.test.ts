import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { parseMidi } from 'midi-file';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';

import { temporaryFolder } from './temporary-folder';

/** The examples run, on data that are what their README says. */

const run = promisify(execFile);
const examples = join(__dirname, '..', 'examples');
const folder = temporaryFolder();

const names = readdirSync(examples).filter((name) => existsSync(join(examples, name, `${name}.js`)));
const sets = readdirSync(join(examples, 'data'));
const readme = readFileSync(join(examples, 'README.md'), 'utf8');

describe.each(names)('example %s', (name) => {
  test('runs in its short form', async () => {
    const { stdout, stderr } = await run(
      process.execPath,
      [join(examples, 'run.js'), name, '--short'],
      // What an example writes shall be written here.
      { cwd: folder },
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\n.+\n=+\n/);
    expect(stdout).toMatch(/^Test: /m);
  }, 30_000);

  test('is in the README', () => {
    expect(readme).toContain(name === 'demo' ? 'npm run demo' : `npm run example -- ${name}`);
  });
});

test('the README has one section for each example, in the order of their names, and one row of the table', () => {
  const others = names.filter((name) => name !== 'demo').sort();
  const sections = [...readme.matchAll(/^## (.+)$/gm)].map(([, section]) => section);
  expect(sections).toEqual([...others, 'Data']);
  const rows = [...readme.matchAll(/^\| \[(.+?)\]\(#/gm)].map(([, name]) => name);
  expect(rows).toEqual(others);
});

test('the demo shows every mode, and that each model can be saved and loaded', async () => {
  const { stdout } = await run(process.execPath, [join(examples, 'run.js'), 'demo', '--short']);
  const titles = [...stdout.matchAll(/^\d\. (.+?):/gm)].map(([, mode]) => mode);
  expect(titles).toEqual([
    'Many-to-one',
    'Many-to-many, Tx = Ty',
    'One-to-many',
    'Many-to-many, Tx ≠ Ty, by CTC',
    'Many-to-many, Tx ≠ Ty, by encoder and decoder',
  ]);
  expect(stdout.match(/ results are identical\./g)).toHaveLength(titles.length);
}, 30_000);

test('music is written where it was asked for, as notes that begin and end', async () => {
  const file = join(folder, 'some.mid');
  await run(process.execPath, [join(examples, 'run.js'), 'music', file, '--short']);
  const { header, tracks } = parseMidi(readFileSync(file));
  expect(header).toMatchObject({ format: 0, numTracks: 1, ticksPerBeat: 480 });
  const sounding = new Set<number>();
  let notes = 0;
  for (const event of tracks[0]!) {
    if (event.type === 'noteOn') {
      expect(sounding).not.toContain(event.noteNumber);
      sounding.add(event.noteNumber);
      notes += 1;
    } else if (event.type === 'noteOff') {
      expect(sounding.delete(event.noteNumber)).toBe(true);
    }
  }
  expect(notes).toBeGreaterThan(100);
  expect([...sounding]).toEqual([]);
  // 64 + 4 + 64 quarter notes, and one of silence.
  expect(tracks[0]!.reduce((ticks, { deltaTime }) => ticks + deltaTime, 0)).toBe(133 * 480);
}, 30_000);

test('an example that is not there is an error that names those that are', async () => {
  const failure = await run(process.execPath, [join(examples, 'run.js'), 'chess']).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no example "chess"'),
  });
  for (const name of names) expect((failure as { stderr: string }).stderr).toContain(`-- ${name}\n`);
});

describe.each(sets)('data %s', (set) => {
  const path = join(examples, 'data', set);
  const text = readFileSync(join(path, 'README.md'), 'utf8');
  const files = readdirSync(path).filter((file) => file !== 'README.md');

  test('tell whose they are and on what terms, and are at most a megabyte', () => {
    for (const part of ['**Credit:**', '**Licence:**', '**Changes:**']) expect(text).toContain(part);
    const sizes = files.map((file) => statSync(join(path, file)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(2 ** 20);
  });

  test('are in the README of the examples', () => {
    expect(readme).toContain(`(data/${set})`);
  });
});

const lines = sets
  .filter((set) => existsSync(join(examples, 'data', set, 'train.jsonl.gz')))
  .concat('sentiment_sentences');

test.each(lines)('there are as many examples in %s as its README says', (set) => {
  const path = join(examples, 'data', set);
  const text = readFileSync(join(path, 'README.md'), 'utf8');
  const files = readdirSync(path).filter((file) => file.includes('.jsonl'));
  expect(files.map((file) => file.replace(/\..*/, ''))).toEqual(['test', 'train', 'valid']);
  for (const file of files) {
    const bytes = readFileSync(join(path, file));
    const rows = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trimEnd().split('\n');
    for (const row of rows) expect(JSON.parse(row)).toHaveProperty('y');
    expect(text).toMatch(new RegExp(`\`${file}\` *\\| ${rows.length.toLocaleString('en')} `));
  }
});

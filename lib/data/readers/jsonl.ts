import { sourceName, type FileSource } from '../../files/file-source';
import { BpttError } from '../../support/errors';
import { found, quoted } from '../../support/found';
import { FileExample, type Sequence, type Target } from '../example';
import { IgnoredKeys } from '../example-keys';
import { jsonErrorAt } from './json-position';
import { readLines } from './text-reader';

/** The parts of an example a mode cannot do without. */
export type Part = 'x' | 'y';

/**
 * The examples of a file with one JSON object a line. Blank lines are passed over, and so are keys other than x, y and
 * alternatives, which `onIgnored` is told of, each once; a weight that would count is an error. Where x alone is needed, a line may be the bare x. What is inside x and y is checked when it is
 * encoded.
 *
 * @throws BpttError `ERR_DATA` naming file, line and column; and as `readLines`.
 */
export async function* readJsonLines(
  source: FileSource,
  needed: readonly Part[],
  onIgnored: (message: string) => void = () => undefined,
): AsyncGenerator<FileExample> {
  const name = sourceName(source);
  const ignored = new IgnoredKeys(onIgnored);
  for await (const { number, text } of readLines(source)) {
    if (text.trim() !== '') yield parseExample(text, name, number, needed, ignored);
  }
}

function parseExample(
  text: string,
  name: string,
  number: number,
  needed: readonly Part[],
  ignored: IgnoredKeys,
): FileExample {
  const where = `${name}:${number}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const at = jsonErrorAt(text);
    const rest = at < text.length ? `not JSON from here: ${quoted(text.slice(at))}` : 'the JSON breaks off';
    throw new BpttError('ERR_DATA', `${where}:${at + 1}: ${rest}.`, { cause });
  }
  const isBareInput = typeof value === 'string' || Array.isArray(value);
  if (isBareInput && needed.length === 1 && needed[0] === 'x') value = { x: value };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BpttError(
      'ERR_DATA',
      `${where}: expected an object such as {"x":…,"y":…}, found ${found(value)}.`,
    );
  }
  const record = value as Partial<Record<string, unknown>>;
  const parts: { x?: Sequence; y?: Target; alternatives?: readonly Target[] } = {};
  for (const part of ['x', 'y'] as const) {
    const content = record[part];
    if (content === undefined) {
      if (needed.includes(part)) {
        throw new BpttError('ERR_DATA', `${where}: the example has no "${part}"${butOthers(record)}.`);
      }
    } else if (
      typeof content !== 'string' &&
      !Array.isArray(content) &&
      !(part === 'y' && typeof content === 'number')
    ) {
      throw new BpttError(
        'ERR_DATA',
        `${where}: "${part}" must be a string or a list, found ${found(content)}.`,
      );
    } else {
      Object.assign(parts, { [part]: content });
    }
  }
  if (record['alternatives'] !== undefined) {
    if (!Array.isArray(record['alternatives'])) {
      throw new BpttError(
        'ERR_DATA',
        `${where}: "alternatives" must be a list of further y, found ${found(record['alternatives'])}.`,
      );
    }
    parts.alternatives = record['alternatives'] as readonly Target[];
  }
  ignored.look(record, where, needed.includes('y'));
  return new FileExample(name, number, parts);
}

function butOthers(record: object): string {
  const keys = Object.keys(record);
  const shown = keys.slice(0, 6).map(quoted).join(', ');
  return keys.length === 0 ? '' : `; found ${shown}${keys.length > 6 ? ', …' : ''}`;
}

import { BpttError } from '../errors';
import { FileExample, type Sequence, type Target } from './example';
import { sourceName, type FileSource } from './file-source';
import { found, quoted } from './found';
import { jsonErrorAt } from './json-position';
import { readLines } from './text-reader';

/** The parts of an example a mode cannot do without. */
export type Part = 'x' | 'y';

/**
 * The examples of a file with one JSON object a line. Blank lines are passed over, keys other than x, y and
 * alternatives ignored. Where x alone is needed, a line may be the bare x. What is inside x and y is checked when it is
 * encoded.
 *
 * @throws BpttError `ERR_DATA` naming file, line and column; and as `readLines`.
 */
export async function* readJsonLines(
  source: FileSource,
  needed: readonly Part[],
): AsyncGenerator<FileExample> {
  const name = sourceName(source);
  for await (const { number, text } of readLines(source)) {
    if (text.trim() !== '') yield parseExample(text, name, number, needed);
  }
}

function parseExample(text: string, name: string, number: number, needed: readonly Part[]): FileExample {
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
      if (needed.includes(part)) throw new BpttError('ERR_DATA', `${where}: the example has no "${part}".`);
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
  return new FileExample(name, number, parts);
}

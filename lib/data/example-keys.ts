import { BpttError } from '../support/errors';
import { quoted } from '../support/found';

/** What an example may hold. */
const exampleKeys: readonly string[] = ['x', 'y', 'alternatives'];

const namesOfKeys = exampleKeys.join(', ');

/** Refuses an example that says something nobody would listen to. A key whose value is `undefined` says nothing. */
export function checkKeys(example: object, where: string): void {
  for (const key in example) {
    if (!exampleKeys.includes(key) && (example as Record<string, unknown>)[key] !== undefined) {
      throw key === 'weight' ? noWeight(where) : unknownKey(key, where);
    }
  }
}

/** The keys of a file's examples that are passed over, each told once. */
export class IgnoredKeys {
  private readonly told = new Set<string>();

  /** @param tell is given a message for each. */
  constructor(private readonly tell: (message: string) => void) {}

  /** @param answers whether the right answers are read too, which a weight would count for. Errors: `ERR_DATA` for a weight. */
  look(record: object, where: string, answers: boolean): void {
    for (const key in record) {
      if (exampleKeys.includes(key)) continue;
      if (key === 'weight' && answers) throw noWeight(where);
      if (this.told.has(key) || this.told.size > mostTold) continue;
      this.told.add(key);
      this.tell(
        this.told.size > mostTold
          ? `${where}: there are further keys that are passed over.`
          : `${where}: the key ${quoted(key)} is passed over; an example has ${namesOfKeys}.`,
      );
    }
  }
}

/** Where keys are data themselves, nobody wants to read all of them. */
const mostTold = 20;

function unknownKey(key: string, where: string): BpttError {
  return new BpttError('ERR_DATA', `${where}: unknown key ${quoted(key)}; expected ${namesOfKeys}.`);
}

function noWeight(where: string): BpttError {
  return new BpttError('ERR_DATA', `${where}: a "weight" is given, but examples cannot be weighted.`);
}

/** `npm run test:long` sets it: what is tried at random is then tried as often as it takes to be sure. */
export const long = process.env['BPTT_LONG'] === '1';

/** How often something is tried in the tests of every change, and in the long ones. */
export function times(usually: number, inLong: number): number {
  return long ? inLong : usually;
}

/** Milliseconds that a test may take where one try takes so many at most. */
export function patience(tries: number, each: number): number {
  return 120_000 + tries * each;
}

/** The version of this package. */
export function version(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- what bundlers can follow
  return (require('../../package.json') as { version: string }).version;
}

/** The version of this package. */
export function version(): string {
  return (module.require('../package.json') as { version: string }).version;
}

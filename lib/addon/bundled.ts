import { BpttError } from '../support/errors';

// Nothing of Node.js is imported here: a bundle of ES modules has no `require` for it, and is to say this all the same.

/** What is said where a bundler has put this package into a file of its own. Code: `ERR_PLATFORM`. */
export function bundledError(file: string | undefined): BpttError {
  return new BpttError(
    'ERR_PLATFORM',
    `bptt was bundled into ${file ?? 'another file'}, from where it cannot find its native addon. ` +
      'It has to be external: leave it out of the bundle (esbuild --external:bptt, externals of webpack, ssr.external of Vite, ' +
      'serverExternalPackages of Next.js), and let node_modules/bptt come along with its files. ' +
      'docs/installing.md of the package has the setting of each tool.',
  );
}

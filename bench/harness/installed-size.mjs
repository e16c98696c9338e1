import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Bytes on disk of packages with all that they depend on, each once.
 * @param {string[]} names
 * @param {string} from folder from which they are looked up, as Node.js does
 */
export function installedSize(names, from) {
  const folders = new Set();
  const visit = (name, at) => {
    const folder = findPackage(name, at);
    if (folder === undefined || folders.has(folder)) return;
    folders.add(folder);
    for (const dependency of dependenciesOf(folder)) visit(dependency, folder);
  };
  for (const name of names) visit(name, from);
  return [...folders].reduce((sum, folder) => sum + sizeOfFolder(folder), 0);
}

export function dependenciesOf(folder) {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.keys(dependencies);
}

function findPackage(name, from) {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (statSync(folder, { throwIfNoEntry: false })) return folder;
    if (at === dirname(at)) return undefined;
  }
}

/** Without what other packages have put into it. */
function sizeOfFolder(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules') return sum;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sum + sizeOfFolder(path);
    return entry.isFile() ? sum + statSync(path).size : sum;
  }, 0);
}

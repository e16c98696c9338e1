import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');

interface Packed {
  files: { path: string; size: number; mode: number }[];
}

let packed: Packed['files'];

beforeAll(() => {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const output = execFileSync(npm, ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    shell: process.platform === 'win32',
  });
  const [first] = JSON.parse(output) as [Packed];
  packed = first.files;
}, 60_000);

const paths = () => packed.map((file) => file.path);

function node(script: string, ...flags: string[]): unknown {
  return JSON.parse(
    execFileSync(process.execPath, [...flags, '-e', script], { cwd: root, encoding: 'utf8' }),
  ) as unknown;
}

test('the package holds what is needed to run', () => {
  expect(paths()).toEqual(
    expect.arrayContaining([
      'package.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'docs/api.md',
      'binding.d.ts',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/index.mjs',
      'dist/index.d.mts',
      'dist/addon/native.js',
      'dist/cli/main.js',
    ]),
  );
});

test('and what is needed to build the addon from its sources', () => {
  const sources = ['native', 'cmake'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(root.length + 1)
          .replaceAll('\\', '/'),
      ),
  );
  expect(sources.length).toBeGreaterThan(100);
  expect(sources).toEqual(
    expect.arrayContaining([
      'native/vendor/eigen/Eigen/Core',
      'native/vendor/eigen/COPYING.APACHE',
      'native/vendor/eigen/COPYING.MPL2',
      'native/vendor/eigen/ORIGIN.md',
    ]),
  );
  expect(paths()).toEqual(
    expect.arrayContaining([
      'CMakeLists.txt',
      'scripts/build-from-source.mjs',
      // Each file names its licence itself; the list would break the limit of the sources' size.
      ...sources.filter(
        (path) => path !== 'native/vendor/eigen/COPYRIGHT.debian' && !path.endsWith('README.md'),
      ),
    ]),
  );
});

test('and nothing else', () => {
  const expected = [
    /^(package\.json|(README|CHANGELOG|CONTRIBUTING|SECURITY)\.md|LICENSE|binding\.d\.ts|CMakeLists\.txt)$/,
    /^docs\/[\w/-]+\.md$/,
    /^docs\/figures\/[\w-]+\.svg$/,
    /^dist\/[\w/-]+(\.d\.ts|\.d\.mts|\.js|\.mjs)$/,
    /^prebuilds\/[a-z0-9]+-[a-z0-9]+\/bptt(\.glibc|\.musl)?\.node$/,
    /^cmake\/[\w-]+\.(cmake|map|txt)$/,
    /^native\/(binding|kernels|layer|model|support)\/[\w/-]+\.(cpp|h)$/,
    /^native\/vendor\/eigen(-left-out)?\//,
    /^scripts\/build-from-source\.mjs$/,
  ];
  expect(paths().filter((path) => !expected.some((pattern) => pattern.test(path)))).toEqual([]);
});

test('no file in dist is without a source in lib', () => {
  const lib = new Set(
    readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).map((path) =>
      path.replaceAll('\\', '/'),
    ),
  );
  const stale = paths()
    .filter((path) => path.startsWith('dist/'))
    .map((path) => path.slice('dist/'.length))
    .filter((path) => !lib.has(path) && !lib.has(path.replace(/(\.d\.ts|\.js)$/, '.ts')));
  expect(stale).toEqual([]);
});

test('the sources stay within 4 MB, each binary within 2 MB', () => {
  const sources = packed.filter((file) => /^(native|cmake)\//.test(file.path));
  expect(sources.reduce((sum, file) => sum + file.size, 0)).toBeLessThanOrEqual(4e6);
  for (const file of packed.filter(({ path }) => path.startsWith('prebuilds/'))) {
    expect({ path: file.path, small: file.size <= 2e6 }).toEqual({ path: file.path, small: true });
  }
});

test('what the README links to is in the package, but for the examples', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const links = [...readme.matchAll(/\]\((?!https?:|#|examples\/)([^)#]+)/g)].map(([, path]) => path!);
  expect(links).toContain('docs/api.md');
  expect(
    links.filter((link) => !paths().some((path) => path === link || path.startsWith(`${link}/`))),
  ).toEqual([]);
});

test('require and import give the same names', () => {
  const required = node(`console.log(JSON.stringify(Object.keys(require('bptt')).sort()))`);
  const imported = node(
    `import('bptt').then((m) => console.log(JSON.stringify(Object.keys(m).sort())))`,
  ) as string[];
  // What Node adds of its own to the names of a CommonJS module.
  const markers = ['default', 'module.exports', '__esModule'];
  expect(imported.filter((name) => !markers.includes(name))).toEqual(required);
  expect(required).toContain('BpttError');
});

test('require loads neither the command line nor what only a model that is used needs', () => {
  const loaded = node(`require('bptt'); console.log(JSON.stringify(Object.keys(require.cache)))`) as string[];
  expect(loaded.some((path) => path.startsWith(join(root, 'dist')))).toBe(true);
  expect(
    loaded.filter((path) =>
      /node_modules|-schema|model-file\.js|dist.(cli|training|data.(readers|encoders|batches)|tasks.[^/\\]+)[/\\]/.test(
        path,
      ),
    ),
  ).toEqual([]);
});

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

test('installing runs no script', () => {
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(scripts[name]).toBeUndefined();
  expect(readdirSync(root)).not.toContain('binding.gyp');
});

test('npm runs no script before or behind another one but the build before the tests', () => {
  const names = Object.keys(scripts);
  expect(
    names.filter((name) => names.some((other) => [`pre${other}`, `post${other}`].includes(name))),
  ).toEqual(['pretest']);
});

test('the lock file names no registry', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { resolved?: string }>;
  };
  const resolved = Object.values(lock.packages).flatMap((entry) => entry.resolved ?? []);
  expect(resolved).toEqual([]);
});

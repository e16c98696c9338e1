import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary-folder';

/*
 * The packed package within the tools that people build and test with: test runners that give each file a realm of its own,
 * bundlers that swallow it, compilers that look at its types. Run by `npm run test:package`.
 */
const root = join(__dirname, '..', '..');
const folder = temporaryFolder();
const minutes = 60_000;
const npm =
  process.env['npm_execpath'] ?? join(process.execPath, '..', '..', 'lib/node_modules/npm/bin/npm-cli.js');
const tools = [
  'jest@29',
  'vitest@4',
  'vite@8',
  'esbuild@0.28',
  'webpack@5',
  'webpack-cli@7',
  'typescript5@npm:typescript@5',
  'typescript6@npm:typescript@6',
  'typescript7@npm:typescript@7',
  '@types/node@20',
];

const online =
  spawnSync(process.execPath, [npm, 'view', 'esbuild', 'version'], { timeout: 60_000, stdio: 'ignore' })
    .status === 0;
const installed = online || process.env['CI'] ? describe : describe.skip;

const inherited = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_registry)|BPTT_|NODE_|JEST_|VITEST)/i.test(name),
  ),
);

function run(file: string, ...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: inherited,
  });
  return { status, output: stdout + stderr };
}

/** The command of an installed package. */
function tool(name: string, command: string): string {
  const home = join(folder, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  return join(home, typeof bin === 'string' ? bin : bin[command]!);
}

const roundTrip = `
const data = Array.from({ length: 8 }, (_, i) => ({ x: [[i, 1], [2, i]], y: i % 2 ? 'a' : 'b' }));
test('what is given out is taken in', async () => {
  const model = new ManyToOne({ cell: 'gru', hidden: 4, input: { kind: 'features' }, output: { kind: 'classes' } });
  await model.fit(data, { epochs: 1, threads: 1 });
  for (const [name, { data }] of Object.entries(model.parameters())) {
    expect(data).toBeInstanceOf(Float32Array);
    model.setParameter(name, data);
  }
  const [one, other] = [model.stream(), model.stream()];
  one.step([1, 2]);
  other.state = one.state;
  expect(other.state).toStrictEqual(one.state);
  const layer = new Recurrent({ cell: 'lstm', input: 2, hidden: 2 });
  const { output, state } = layer.forward(new Float32Array(4), { steps: 2, batch: 1, training: true });
  layer.backward(output, state);
  layer.setParameter('bias_l0', layer.parameter('bias_l0').map((w, i) => w - layer.gradient('bias_l0')[i]));
  await expect(model.predict([[1]])).rejects.toBeInstanceOf(BpttError);
});
`;
const app = `
const model = new ManyToOne({ cell: 'gru', hidden: 8, input: { kind: 'tokens' }, output: { kind: 'classes' } });
model
  .fit([{ x: 'good', y: 'pos' }, { x: 'bad', y: 'neg' }], { epochs: 40, threads: 1 })
  .then(async () => console.log((await model.predict('good')).label))
  .catch((error) => console.log(error.code, error.message));
`;
const files = {
  'package.json': '{ "private": true }',
  'jest.test.js': `const { BpttError, ManyToOne, Recurrent } = require('bptt');${roundTrip}`,
  'vitest.spec.mjs': `import { expect, test } from 'vitest';\nimport { BpttError, ManyToOne, Recurrent } from 'bptt';${roundTrip}`,
  'app.mjs': `import { ManyToOne } from 'bptt';${app}`,
  'vite.config.mjs': `export default { build: { ssr: 'app.mjs' }, ssr: { noExternal: process.env.SWALLOW ? true : undefined } };`,
};
/** What a bundle says, in the way it has. */
const swallowed = /ERR_PLATFORM[^]*bptt was bundled|bptt was bundled[^]*ERR_PLATFORM/;

installed('the packed package in the tools of its users', () => {
  beforeAll(() => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const packing = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
    const [{ filename }] = JSON.parse(
      execFileSync(process.execPath, [npm, ...packing], { cwd: root, encoding: 'utf8' }),
    ) as [{ filename: string }];
    const { status, output } = run(
      npm,
      'install',
      '--no-audit',
      '--no-fund',
      join(folder, filename),
      ...tools,
    );
    if (status !== 0) throw new Error(output);
  }, 5 * minutes);

  test(
    'Jest',
    () => {
      expect(run(tool('jest', 'jest'), '--runInBand', 'jest.test.js')).toMatchObject({ status: 0 });
    },
    minutes,
  );

  test.each(['forks', 'vmForks', 'threads', 'vmThreads'])(
    'Vitest, pool %s',
    (pool) => {
      const { status, output } = run(tool('vitest', 'vitest'), 'run', `--pool=${pool}`, 'vitest.spec.mjs');
      expect([status, output]).toEqual([0, expect.stringContaining('1 passed')]);
    },
    minutes,
  );

  test.each([
    ['cjs', [], swallowed],
    ['cjs', ['--minify'], swallowed],
    ['esm', [], swallowed],
    ['esm', ['--external:bptt'], /^pos\n$/],
  ] as const)(
    'esbuild, %s %j',
    (format, flags, said) => {
      const out = `esbuild.${format === 'cjs' ? 'cjs' : 'mjs'}`;
      const bundling = ['app.mjs', '--bundle', '--platform=node', `--format=${format}`, `--outfile=${out}`];
      execFileSync(tool('esbuild', 'esbuild'), [...bundling, ...flags], { cwd: folder, stdio: 'pipe' });
      expect(run(out).output).toMatch(said);
    },
    minutes,
  );

  test.each([
    ['no setting', '', swallowed],
    ['externals', `externals: { bptt: 'commonjs bptt' },`, /^pos\n$/],
  ])(
    'webpack with %s',
    (_, setting, said) => {
      writeFileSync(
        join(folder, 'webpack.config.cjs'),
        `module.exports = { mode: 'development', devtool: false, target: 'node', entry: './app.mjs', ${setting}
        output: { path: __dirname, filename: 'webpack.cjs' } };`,
      );
      expect(run(tool('webpack', 'webpack'), '-c', 'webpack.config.cjs')).toMatchObject({ status: 0 });
      expect(run('webpack.cjs').output).toMatch(said);
    },
    minutes,
  );

  test.each([
    ['as it is', {}, /^pos\n$/],
    ['with noExternal', { SWALLOW: '1' }, swallowed],
  ])(
    'Vite SSR %s',
    (_, environment, said) => {
      Object.assign(inherited, environment);
      expect(run(tool('vite', 'vite'), 'build')).toMatchObject({ status: 0 });
      expect(run(join('dist', 'app.mjs')).output).toMatch(said);
    },
    minutes,
  );

  describe.each(['typescript5', 'typescript6', 'typescript7'])('the types, by %s', (compiler) => {
    test.each(['[]', '["node"]'])(
      'with types: %s',
      (types) => {
        mkdirSync(join(folder, 'types'), { recursive: true });
        cpSync(join(root, 'test', 'types', 'consumer.mts'), join(folder, 'types', 'consumer.mts'));
        const options = `{ "target": "ES2022", "module": "NodeNext", "strict": true, "noEmit": true, "types": ${types} }`;
        const project = join('types', 'tsconfig.json');
        writeFileSync(join(folder, project), `{ "compilerOptions": ${options} }`);
        expect(run(tool(compiler, 'tsc'), '-p', project)).toEqual({ status: 0, output: '' });
      },
      minutes,
    );
  });
});

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // npm run test:package
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/package/'],
  // lib/index is index.ts here, not the index.mjs beside it.
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  // dist holds the same modules again, and installed packages unpacked by tests hold them a third time.
  modulePathIgnorePatterns: [
    '<rootDir>/dist/',
    '<rootDir>/build',
    '<rootDir>/bench/',
    '<rootDir>/prebuilds/',
  ],
  transform: { '\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.test.json' }] },
  // The slowest tests are printed at the end.
  reporters: ['default', '<rootDir>/test/slowest.mjs'],
  maxWorkers: 2,
  // What lib/ loads on demand is compiled in the first test, or hook, that asks for it: seconds, with a cold cache and a busy machine.
  testTimeout: 30_000,
};

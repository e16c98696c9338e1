// Apart from the other tests: these pack the package, install it from the registry and compile it from its sources.
import config from '../../jest.config.mjs';

/** @type {import('jest').Config} */
export default {
  ...config,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/package/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};

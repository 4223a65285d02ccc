/**
 * Large packages without state: all test files share one copy of each. Each file has its own copy of
 * lib-dynamodb and util-dynamodb, because the code compares objects that these packages make.
 */
const loadedNatively =
  '/node_modules/(aws-cdk-lib|cdk-nag|constructs|typescript|@aws-sdk/(?!lib-dynamodb|util-dynamodb)|@smithy)/'

/** Tests run the TypeScript that Node runs: types are stripped, nothing is compiled. */
export default {
  roots: ['<rootDir>/test', '<rootDir>/client/test', '<rootDir>/examples/web/test'],
  maxWorkers: '100%',
  // For busy machines: no test waits this long by itself.
  testTimeout: 30_000,
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': '<rootDir>/test/support/strip-types.js',
    [loadedNatively]: '<rootDir>/test/support/load-natively.js',
  },
  transformIgnorePatterns: [
    '/node_modules/(?!aws-cdk-lib/|cdk-nag/|constructs/|typescript/|@aws-sdk/|@smithy/)',
  ],
  testEnvironment: '<rootDir>/test/support/test-environment.js',
  globalSetup: '<rootDir>/test/support/start-engine.ts',
  globalTeardown: '<rootDir>/test/support/stop-engine.ts',
  testPathIgnorePatterns: process.env.LONG ? [] : ['\\.long\\.test\\.ts$'],
  setupFiles: ['<rootDir>/test/support/environment.ts'],
}

/** Tests run the TypeScript that Node runs: types are stripped, nothing is compiled. */
export default {
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.js' },
  globalSetup: '<rootDir>/test/support/start-engine.ts',
  globalTeardown: '<rootDir>/test/support/stop-engine.ts',
  testPathIgnorePatterns: process.env.LONG ? [] : ['\\.long\\.test\\.ts$'],
  setupFiles: ['<rootDir>/test/support/environment.ts'],
}

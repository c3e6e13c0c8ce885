/** @jest-config-loader-options {"transpileOnly": true} */
import type { Config } from 'jest';

const swc = {
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, useDefineForClassFields: true },
  },
  module: { type: 'es6' },
};
const shared = {
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/tools', '<rootDir>/bench'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: '<rootDir>/tools/jest/leakEnvironment.ts', // a test file that leaves a socket open fails
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  transform: { '\\.ts$': ['@swc/jest', swc] as [string, Record<string, unknown>] },
};
const servers = {
  globalSetup: '<rootDir>/tools/jest/globalSetup.ts',
  globalTeardown: '<rootDir>/tools/jest/globalTeardown.ts',
};
const processes = { ...servers, globalSetup: '<rootDir>/tools/jest/setupProcesses.ts' };
const config: Config = {
  maxWorkers: '100%',
  forceExit: true,
  testTimeout: 30_000, // Jest reads it only here; a busy machine needs more than its 5 s
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['**/*.test.ts'],
      testPathIgnorePatterns: ['\\.(integration|e2e)\\.test\\.ts$'],
    },
    { ...shared, ...servers, displayName: 'integration', testMatch: ['**/*.integration.test.ts'] },
    {
      ...shared,
      ...processes,
      displayName: 'e2e',
      roots: ['<rootDir>/test'],
      testMatch: ['**/*.e2e.test.ts'],
      testEnvironment: '<rootDir>/tools/jest/logEnvironment.ts',
    },
    {
      ...shared,
      ...processes,
      displayName: 'faults',
      roots: ['<rootDir>/test/faults'],
      testMatch: ['**/*.faults.test.ts'],
      testEnvironment: '<rootDir>/tools/jest/logEnvironment.ts',
    },
  ],
};
export default config;

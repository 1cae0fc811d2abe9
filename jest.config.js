import * as globals from './test/support/jest/plain-globals.mjs';

const swc = (type) => [
  '<rootDir>/test/support/jest/typescript.cjs',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type },
  },
];

/** Packages of ES modules that all specs use. */
export const PACKAGES = ['@nestjs', 'jose', 'zod'];

const NAMES = PACKAGES.join('|');

const base = {
  // Specs of one worker share the modules they load: a third of a run was loading them again.
  runtime: '<rootDir>/test/support/jest/shared-runtime.cjs',
  testEnvironment: '<rootDir>/test/support/jest/shared-environment.cjs',
  testEnvironmentOptions: { globalsCleanup: 'off' },
  // What CommonJS modules are given, as ES modules import it.
  sandboxInjectedGlobals: Object.keys(globals),
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': swc('es6'),
    '^.+\\.cts$': swc('commonjs'),
    [`/node_modules/(?:${NAMES})/.+\\.js$`]: '<rootDir>/test/support/jest/installed-modules.cjs',
  },
  transformIgnorePatterns: [`/node_modules/(?!(?:${NAMES})/)`],
  moduleNameMapper: {
    '^nestjs-ws-security$': '<rootDir>/src/index.ts',
    '^nestjs-ws-security/admin$': '<rootDir>/src/admin/index.ts',
    '^nestjs-ws-security/client$': '<rootDir>/src/client/index.ts',
    '^nestjs-ws-security/metrics$': '<rootDir>/src/metrics/index.ts',
    '^nestjs-ws-security/redis$': '<rootDir>/src/redis/index.ts',
    '^nestjs-ws-security/testing$': '<rootDir>/src/testing/index.ts',
    '^react$': '<rootDir>/test/support/front-ends/react.ts',
    '^vue$': '<rootDir>/test/support/front-ends/vue.ts',
    '^@angular/core$': '<rootDir>/test/support/front-ends/angular-core.ts',
    '^@nestjs/throttler$': '<rootDir>/src/testing/jest/throttler.ts',
    // The build puts the page there.
    '^(\\.{1,2}/.*page-source)\\.js$': '<rootDir>/dist/admin/page/page-source.js',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^(\\.{1,2}/.*optional-package)\\.cjs$': '$1.cts',
  },
  modulePathIgnorePatterns: [
    '<rootDir>/dist/',
    '<rootDir>/dist-client/',
    '<rootDir>/example/dist/',
    '<rootDir>/bench/dist/',
  ],
};

export default {
  // Most of a run is waiting: for servers, browsers and clocks.
  maxWorkers: 5,
  // Half a second, the default, is too short to free the memory. Longer is in vain: Node itself may hang at the end of a
  // process, with nothing left open (nodejs/node#54918).
  workerGracefulExitTimeout: 2000,
  testSequencer: '<rootDir>/test/support/jest/longest-first.cjs',
  // Servers, browsers and certificates: a busy machine takes its time.
  testTimeout: 60_000,
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts'],
    },
    {
      ...base,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts', '<rootDir>/docs/examples/**/*.e2e-spec.ts'],
    },
  ],
};

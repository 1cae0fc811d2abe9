// Compiles what specs load, before they run. The workers start together, so each of them would compile the same files:
// that is a tenth of a run in which Jest has nothing in its cache.
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import process from 'node:process';
import { createScriptTransformer } from '@jest/transform';
import { readConfigs } from 'jest-config';
import { PACKAGES } from '../../../jest.config.js';

const PROJECT = 'e2e';
const OWN = ['src', 'test', 'bench', 'docs/examples', 'example/server'];
/** Parts of packages that only commands load. */
const COMMANDS = /^(?:cli|schematics)\//;

// Part of the key in the cache. Jest sets it too.
process.env.NODE_ENV ??= 'test';

const { globalConfig, configs } = await readConfigs({ _: [], $0: 'jest' }, [resolve('.')]);
const config = configs.find(({ displayName }) => displayName?.name === PROJECT);

/** What the runtime of Jest asks for when it loads an ES module. Part of the key in the cache too. */
const options = {
  isInternalModule: false,
  supportsDynamicImport: true,
  supportsExportNamespaceFrom: true,
  supportsStaticESM: true,
  supportsTopLevelAwait: true,
  collectCoverage: globalConfig.collectCoverage,
  collectCoverageFrom: globalConfig.collectCoverageFrom,
  coverageProvider: globalConfig.coverageProvider,
  globalRootDir: globalConfig.rootDir,
};

// The first one completes the options of the compiler, which are part of the key as well.
await createScriptTransformer(config, new Map());
const transformer = await createScriptTransformer(config, new Map());

function compile(folder, ending) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith(ending) || name.endsWith('.d.ts') || COMMANDS.test(name)) continue;
    try {
      transformer.transform(resolve(folder, name), options);
    } catch {
      // Jest says which spec it is that cannot load it.
    }
  }
}

for (const folder of OWN) compile(folder, '.ts');
for (const name of PACKAGES) compile(`node_modules/${name}`, '.js');

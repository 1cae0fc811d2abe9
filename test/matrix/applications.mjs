import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { execute } from './process.mjs';

/** As `nest new` writes it. */
const COMPILER_OPTIONS = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  esModuleInterop: true,
  isolatedModules: true,
  emitDecoratorMetadata: true,
  experimentalDecorators: true,
  target: 'ES2023',
  strict: true,
  skipLibCheck: true,
  types: ['node', 'jest'],
};

/** Builds the application of one version and format, as `nest build` does. */
export async function build(workshop, { nest, format }) {
  const folder = workshop.application(nest, format, format, {
    'tsconfig.json': {
      compilerOptions: { ...COMPILER_OPTIONS, rootDir: 'src', outDir: 'dist' },
      files: ['src/smoke.ts'],
    },
  });
  return execute(process.execPath, [workshop.tool(nest, 'typescript/bin/tsc'), '-p', folder], {
    cwd: folder,
  });
}

/** Starts the built application on one release of Node, and checks it over real sockets. */
export function smoke(workshop, { node, nest, format, platform }) {
  const cwd = workshop.path(`nest-${nest}`, format);
  const args = ['dist/smoke.js', platform.toLowerCase(), nest];
  return execute(workshop.node(node), args, { cwd });
}

/** Compiles the public names of all entry points, and checks the declarations of all libraries. */
export async function types(workshop, { compiler, module, resolution, nest, format }) {
  const folder = workshop.application(nest, `types-${compiler}-${module}`, format, {
    'tsconfig.json': {
      compilerOptions: {
        ...COMPILER_OPTIONS,
        module,
        moduleResolution: resolution,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
      },
      files: ['src/names.ts'],
    },
  });
  const name = compiler === '6.0' ? 'typescript' : `typescript-${compiler}`;
  return execute(process.execPath, [workshop.tool(nest, name, 'bin/tsc'), '-p', folder], { cwd: folder });
}

/** Runs the tests of an application, as its team would. */
export async function tests(workshop, { runner, node, nest, format }) {
  const folder = workshop.application(nest, `${runner}-${node}-${format}`, format, {
    'tsconfig.json': { compilerOptions: COMPILER_OPTIONS, include: ['src'] },
    ...(runner === 'Jest'
      ? { 'jest.config.json': jestConfig(format) }
      : { 'vitest.config.ts': VITEST_CONFIG }),
  });
  renameSync(join(folder, 'src/gateway.test.ts'), join(folder, 'src/gateway.spec.ts'));
  const env = {
    ...workshop.with(node),
    ...(runner === 'Jest' && format === 'ESM' && { NODE_OPTIONS: '--experimental-vm-modules' }),
  };
  const program = runner === 'Jest' ? 'jest/bin/jest.js' : 'vitest/vitest.mjs';
  const args = runner === 'Jest' ? ['--colors=false'] : ['run'];
  return execute(workshop.node(node), [workshop.tool(nest, program), ...args], { cwd: folder, env });
}

function jestConfig(format) {
  const own = {
    rootDir: 'src',
    testRegex: '.*\\.spec\\.ts$',
    testEnvironment: 'node',
    resolver: 'nestjs-ws-security/testing/jest',
    moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  };
  return format === 'CommonJS'
    ? { ...own, transform: { '^.+\\.(t|j)s$': 'ts-jest' } }
    : { ...own, extensionsToTreatAsEsm: ['.ts'], transform: { '^.+\\.ts$': ['ts-jest', { useESM: true }] } };
}

const VITEST_CONFIG = `import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { globals: true, include: ['**/*.spec.ts'] } });
`;

import { join } from 'node:path';
import { CommonJsCopies } from './commonjs-copies.cjs';
import { isInstalledEsModule } from './es-module.cjs';
import { requiresEsModules } from './native-support.cjs';

/** What Jest gives to a resolver. */
interface ResolverOptions {
  basedir: string;
  rootDir?: string;
  conditions?: readonly string[];
  paths?: readonly string[];
  defaultResolver(path: string, options: ResolverOptions): string;
}

const THROTTLER = '@nestjs/throttler';
const THROTTLER_AS_ES_MODULE = join(__dirname, 'throttler.js');

let isNative: boolean | undefined;
let copies: CommonJsCopies | undefined;

/**
 * The resolver of Jest for applications that use this module: `"resolver": "nestjs-ws-security/testing/jest"`.
 *
 * Jest cannot `require()` ES modules, except on Node 24.9 with `--experimental-vm-modules`. So tests in CommonJS get
 * ES modules of installed packages as CommonJS, and tests in ES modules get `@nestjs/throttler` as an ES module.
 *
 * @publicApi
 */
function resolve(path: string, options: ResolverOptions): string {
  isNative ??= requiresEsModules();
  if (isNative) return options.defaultResolver(path, options);
  const { rootDir = process.cwd(), conditions = [] } = options;
  const isRequired = conditions.includes('require');
  if (!isRequired && path === THROTTLER && hasEsModulesOfNest(options)) return THROTTLER_AS_ES_MODULE;
  const file = options.defaultResolver(path, originalOf(options));
  if (!isRequired || !isInstalledEsModule(file)) return file;
  copies ??= new CommonJsCopies(rootDir);
  return copies.copyOf(file);
}

/** Requests of a copy are those of its original. */
function originalOf(options: ResolverOptions): ResolverOptions {
  const basedir = copies?.originalFolderOf(options.basedir) ?? options.basedir;
  if (basedir === options.basedir) return options;
  const { paths: _, ...others } = options;
  return { ...others, basedir };
}

/** With Nest 11, the throttler and Nest are CommonJS both. */
function hasEsModulesOfNest(options: ResolverOptions): boolean {
  return isInstalledEsModule(options.defaultResolver('@nestjs/common', options));
}

export = resolve;

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Type } from '@nestjs/common';
import { MODULE_METADATA_KEYS } from '../../nest/metadata-keys.js';
import { ArgumentError, reasonOf } from './arguments.js';

/**
 * Loads the module of an application from a file, an ES module or CommonJS.
 *
 * @throws ArgumentError if there is no such file, or it has no such module, or several
 */
export async function appModuleIn(file: string, name: string | undefined): Promise<Type> {
  const exported = await exportsOf(file);
  const all = { ...(exported['default'] as object | undefined), ...exported } as Record<string, unknown>;
  const modules = new Map(Object.entries(all).filter(([, value]) => isModule(value)) as [string, Type][]);
  const wanted = name ?? (modules.has('AppModule') ? 'AppModule' : undefined);
  const found = wanted === undefined ? onlyOne(modules) : modules.get(wanted);
  if (found) return found;
  const names = [...modules.keys()].join(', ') || 'none';
  throw new ArgumentError(
    `${file} does not export the module ${wanted ?? 'AppModule'}; it exports: ${names}.`,
  );
}

async function exportsOf(file: string): Promise<Record<string, unknown>> {
  const path = resolve(file);
  if (!existsSync(path))
    throw new ArgumentError(`--app: ${file} does not exist. The application must be built first.`);
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    const isOther = reasonOf(error) !== 'ERR_UNKNOWN_FILE_EXTENSION' || !String(error).includes(path);
    if (isOther) throw error;
    throw new ArgumentError(
      `--app: ${file} is not JavaScript. It is the compiled module, such as dist/app.module.js.`,
    );
  }
}

function onlyOne(modules: ReadonlyMap<string, Type>): Type | undefined {
  const classes = [...new Set(modules.values())];
  return classes.length === 1 ? classes[0] : undefined;
}

function isModule(value: unknown): boolean {
  return (
    typeof value === 'function' && MODULE_METADATA_KEYS.some((key) => Reflect.hasOwnMetadata(key, value))
  );
}

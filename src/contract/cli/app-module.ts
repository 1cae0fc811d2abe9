import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Type } from '@nestjs/common';
import { MODULE_METADATA_KEYS } from '../../nest/metadata-keys.js';

/**
 * Loads the module of an application from a file, an ES module or CommonJS.
 *
 * @throws Error if the file has no such module, or several
 */
export async function appModuleIn(file: string, name: string | undefined): Promise<Type> {
  const exported = (await import(pathToFileURL(resolve(file)).href)) as Record<string, unknown>;
  const all = { ...(exported['default'] as object | undefined), ...exported } as Record<string, unknown>;
  const modules = new Map(Object.entries(all).filter(([, value]) => isModule(value)) as [string, Type][]);
  const wanted = name ?? (modules.has('AppModule') ? 'AppModule' : undefined);
  const found = wanted === undefined ? onlyOne(modules) : modules.get(wanted);
  if (found) return found;
  const names = [...modules.keys()].join(', ') || 'none';
  throw new Error(`${file} does not export the module ${wanted ?? 'AppModule'}; it exports: ${names}.`);
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

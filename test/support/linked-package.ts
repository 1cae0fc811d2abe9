import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Puts a package into the `node_modules` of a folder, as a link. @param target where it is, if not among the packages here */
export function linkPackage(folder: string, name: string, target = join('node_modules', name)): void {
  const link = join(folder, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(resolve(target), link, 'junction');
}

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

const OWN_PACKAGE = join(__dirname, '..', '..') + sep;
const typeOfFolder = new Map<string, string | undefined>();

/** Whether a file of an installed package is an ES module. */
export function isInstalledEsModule(file: string): boolean {
  if (!file.includes(`${sep}node_modules${sep}`) && !file.startsWith(OWN_PACKAGE)) return false;
  if (file.endsWith('.mjs')) return true;
  return file.endsWith('.js') && typeOf(dirname(file)) === 'module';
}

/** The `type` of the package that a folder belongs to. */
function typeOf(folder: string): string | undefined {
  if (typeOfFolder.has(folder)) return typeOfFolder.get(folder);
  const manifest = join(folder, 'package.json');
  const parent = dirname(folder);
  const type = existsSync(manifest)
    ? (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type
    : parent === folder
      ? undefined
      : typeOf(parent);
  typeOfFolder.set(folder, type);
  return type;
}

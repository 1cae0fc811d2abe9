import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vm from 'node:vm';

/** The first version of Jest that loads ES modules by `require()`, where Node can. */
const FIRST: readonly [major: number, minor: number] = [30, 4];

/** Whether this Jest on this Node loads ES modules by `require()`: Node 24.9 with `--experimental-vm-modules`. */
export function requiresEsModules(): boolean {
  const { SourceTextModule } = vm as { SourceTextModule?: { prototype: { hasAsyncGraph?: unknown } } };
  return typeof SourceTextModule?.prototype.hasAsyncGraph === 'function' && isRecent(versionOfJest());
}

function isRecent([major, minor]: readonly [number, number]): boolean {
  return major > FIRST[0] || (major === FIRST[0] && minor >= FIRST[1]);
}

/** The version of the Jest that runs in this process. It need not be one that could be found from here. */
function versionOfJest(): [major: number, minor: number] {
  const loaded = Object.keys(require.cache).find((file) =>
    /[\\/]jest-runtime[\\/]build[\\/]index\.js$/.test(file),
  );
  if (loaded === undefined) return [0, 0];
  const manifest = JSON.parse(readFileSync(join(loaded, '..', '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const [major = 0, minor = 0] = manifest.version.split('.').map(Number);
  return [major, minor];
}

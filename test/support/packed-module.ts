import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateOfFiles } from './state-of-files.js';

const FOLDER = join(tmpdir(), 'ws-packed-module');
const DAY_MS = 86_400_000;

/** What goes into the tarball. */
const SOURCES = ['dist', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md'];

/** The tarball of this package, as `npm pack` makes it: once for all specs, until something in it changes. */
export function packedModule(): string {
  const packed = join(FOLDER, `${stateOfFiles(SOURCES)}.tgz`);
  if (existsSync(packed)) return packed;
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER))
    if (Date.now() - statSync(join(FOLDER, name)).mtimeMs > DAY_MS)
      rmSync(join(FOLDER, name), { recursive: true, force: true });
  const own = mkdtempSync(join(FOLDER, 'making-'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', own]);
  const [made] = readdirSync(own);
  // Another worker may have made the same one meanwhile.
  renameSync(join(own, made as string), packed);
  rmSync(own, { recursive: true });
  return packed;
}

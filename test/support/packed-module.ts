import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stateOfFiles } from './state-of-files.js';

const FOLDER = join(tmpdir(), 'ws-packed-module');
const DAY_MS = 86_400_000;

/** What goes into the tarball. */
const SOURCES = ['dist', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md'];

/** The tarball of this package, as `npm pack` makes it. */
export const packedModule = (): string => join(packed(), 'module.tgz');

/** The folder with what is in the tarball. Nobody may change its files. */
export const unpackedModule = (): string => join(packed(), 'package');

/** Puts what is in the tarball into a new folder, as links: to create the files again would take a second. */
export const installPackedModule = (folder: string): void => linkFiles(unpackedModule(), folder);

/** Both are made once for all specs, until something in them changes. */
function packed(): string {
  const folder = join(FOLDER, stateOfFiles(SOURCES));
  if (existsSync(folder)) return folder;
  mkdirSync(FOLDER, { recursive: true });
  for (const name of readdirSync(FOLDER))
    if (Date.now() - statSync(join(FOLDER, name)).mtimeMs > DAY_MS)
      rmSync(join(FOLDER, name), { recursive: true, force: true });
  const own = mkdtempSync(join(FOLDER, 'making-'));
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', own]);
  const [made] = readdirSync(own);
  renameSync(join(own, made as string), join(own, 'module.tgz'));
  execFileSync('tar', ['-xzf', 'module.tgz'], { cwd: own });
  try {
    renameSync(own, folder);
  } catch (error) {
    // Another worker may have made the same ones meanwhile.
    rmSync(own, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else linkSync(source, target);
  }
}

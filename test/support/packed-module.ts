import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeOnce } from './made-once.js';
import { stateOfFiles } from './state-of-files.js';

const FOLDER = join(tmpdir(), 'ws-packed-module');

/** What goes into the tarball. */
const SOURCES = ['dist', 'package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md'];

/** The tarball of this package, as `npm pack` makes it. */
export const packedModule = (): string => join(packed(), 'module.tgz');

/** The folder with what is in the tarball. Nobody may change its files. */
export const unpackedModule = (): string => join(packed(), 'package');

/** Puts what is in the tarball into a new folder, as links: to create the files again would take a second. */
export const installPackedModule = (folder: string): void => linkFiles(unpackedModule(), folder);

/** Both are made once for all specs, until something in them changes. */
const packed = (): string => madeOnce(join(FOLDER, stateOfFiles(SOURCES)), pack);

function pack(folder: string): void {
  mkdirSync(folder);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]);
  const [made] = readdirSync(folder);
  renameSync(join(folder, made as string), join(folder, 'module.tgz'));
  execFileSync('tar', ['-xzf', 'module.tgz'], { cwd: folder });
}

function linkFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFiles(source, target);
    else linkSync(source, target);
  }
}

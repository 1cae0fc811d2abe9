import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packedModule } from './packed-module.js';

/** Text of a file of the package, and what another version has in its place. */
export type Change = readonly [file: string, text: string, other: string];

/** The reference service over another version of this package: what is packed, with some of its code changed. */
export class PackedService {
  private constructor(private readonly folder: string) {}

  static pack(): PackedService {
    const folder = mkdtempSync(join(tmpdir(), 'ws-packed-'));
    execFileSync('tar', ['-xzf', packedModule(), '-C', folder]);
    mkdirSync(join(folder, 'node_modules'));
    for (const name of readdirSync('node_modules'))
      if (!name.startsWith('.'))
        symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
    return new PackedService(folder);
  }

  /** The script of another version. @param version of the package */
  script(version: string, changes: readonly Change[]): string {
    const own = join(this.folder, version);
    cpSync(join(this.folder, 'package'), own, { recursive: true });
    for (const part of ['example/dist', 'example/web']) cpSync(part, join(own, part), { recursive: true });
    const all: readonly Change[] = [
      ['package.json', '"version": "0.1.0"', `"version": "${version}"`],
      ...changes,
    ];
    for (const [file, text, other] of all) {
      const path = join(own, file);
      const code = readFileSync(path, 'utf8');
      if (!code.includes(text)) throw new Error(`${file} does not contain ${text}`);
      writeFileSync(
        path,
        code.replace(text, () => other),
      );
    }
    return join(own, 'example/dist/server/main.js');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

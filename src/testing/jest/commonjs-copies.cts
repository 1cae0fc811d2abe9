import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type * as TypeScript from 'typescript';
import { toCommonJs } from './to-commonjs.cjs';

const FOLDER = join('node_modules', '.cache', 'nestjs-ws-security');
/** Changes when copies have to be made in another way. */
const FORMAT = 1;

/**
 * Copies of ES modules as CommonJS, which Jest can `require()`. They are kept in `node_modules/.cache` of the
 * application, at their own paths below a folder of one version of TypeScript.
 */
export class CommonJsCopies {
  private readonly folder: string;
  private readonly ts: typeof TypeScript;
  private readonly made = new Map<string, string>();

  /** @param rootDir a folder of the application, from where TypeScript is found */
  constructor(rootDir: string) {
    this.ts = typescriptOf(rootDir);
    const version = createHash('sha256').update(`${FORMAT} ${this.ts.version}`).digest('hex').slice(0, 12);
    this.folder = join(applicationOf(rootDir), FOLDER, version);
  }

  /** @returns the path of the copy */
  copyOf(file: string): string {
    const known = this.made.get(file);
    if (known !== undefined) return known;
    const { mtimeMs, size } = statSync(file);
    const state = `${Math.trunc(mtimeMs).toString(36)}-${size.toString(36)}`;
    const copy = join(this.folder, file.replace(/^([A-Za-z]):/, '$1'), `${state}.cjs`);
    if (!existsSync(copy)) write(copy, toCommonJs(this.ts, file, readFileSync(file, 'utf8')));
    this.made.set(file, copy);
    this.originals.set(dirname(copy), dirname(file));
    return copy;
  }

  private readonly originals = new Map<string, string>();

  /** The folder of the original, for the folder of a copy; otherwise the folder itself. */
  originalFolderOf(folder: string): string {
    return this.originals.get(folder) ?? folder;
  }
}

/** Jest has several processes, which may make the same copy at once. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}

/** The nearest folder with installed packages. */
function applicationOf(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules'))) return at;
    if (at === dirname(at)) return folder;
  }
}

function typescriptOf(rootDir: string): typeof TypeScript {
  try {
    return require(require.resolve('typescript', { paths: [rootDir, __dirname] })) as typeof TypeScript;
  } catch (cause) {
    const message = `nestjs-ws-security/testing/jest needs the package typescript, and it is not found from ${rootDir}${sep}`;
    throw new Error(message, { cause });
  }
}

// Remembers between runs that declarations of packages are without errors, because most of the compiler's work is to
// check them. What decides it is part of what is remembered: the compiler and its options, each file of a package and
// its text, and the files of the application that may change the types of others.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const FOLDER = resolve('node_modules/.cache/clean-declarations');
/** Decides where a package finds another one. */
const INSTALLED = 'node_modules/.package-lock.json';
const CODE = ['clean-declarations.mjs', 'compile-projects.mjs'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);
const KEPT_MS = 86_400_000;

/** Says `declare global`, `declare module` or `export as namespace`. */
const FOR_OTHERS = /\bdeclare\s+(global|module)\b|\bexport\s+as\s+namespace\b/;

const hashOf = (...texts) => {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text.length} `).update(text);
  return hash.digest('hex');
};

/** A file is the same one in all programs. */
const hashes = new WeakMap();

function hashOfFile(file) {
  if (!hashes.has(file)) hashes.set(file, hashOf(file.text, String(file.impliedNodeFormat)));
  return hashes.get(file);
}

/** The options, without the place of the project. */
function optionsOf(program) {
  const { configFilePath: _, ...options } = program.getCompilerOptions();
  return JSON.stringify(options);
}

export class CleanDeclarations {
  #ts;
  #isOfPackage;
  #state;

  constructor(ts, isOfPackage) {
    this.#ts = ts;
    this.#isOfPackage = isOfPackage;
    const installed = existsSync(INSTALLED)
      ? readFileSync(INSTALLED, 'utf8')
      : String(process.hrtime.bigint());
    this.#state = hashOf(ts.version, installed, ...CODE.map((file) => readFileSync(file, 'utf8')));
  }

  /** Goes on to another program, whose declarations are checked after those of the programs before. */
  enter(program) {
    const files = program.getSourceFiles().map((file) => {
      if (this.#isOfPackage(file.fileName)) return `${file.fileName} ${hashOfFile(file)}`;
      return this.#isForOthers(file) ? hashOfFile(file) : '';
    });
    this.#state = hashOf(this.#state, optionsOf(program), ...files);
  }

  get areKnown() {
    return existsSync(join(FOLDER, this.#state));
  }

  keep() {
    mkdirSync(FOLDER, { recursive: true });
    for (const name of readdirSync(FOLDER)) {
      const since = statSync(join(FOLDER, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
      if (Date.now() - since > KEPT_MS) rmSync(join(FOLDER, name), { force: true });
    }
    writeFileSync(join(FOLDER, this.#state), '');
  }

  #isForOthers(file) {
    return !this.#ts.isExternalModule(file) || FOR_OTHERS.test(file.text);
  }
}

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const RESOLVER = 'dist/testing/jest';
const KEPT = resolve('node_modules/.cache/commonjs-copies');
const DAY_MS = 86_400_000;

/** Where the copies are kept that this version of the resolver makes. It makes them anew when TypeScript or a file changes. */
function keptCopies(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(RESOLVER).toSorted())
    hash.update(name).update(readFileSync(join(RESOLVER, name)));
  return join(KEPT, hash.digest('hex').slice(0, 20));
}

/** Gives an application the CommonJS copies that an earlier one with the same resolver has made. */
export function linkCopies(application: string): void {
  mkdirSync(KEPT, { recursive: true });
  for (const name of readdirSync(KEPT)) {
    const age = Date.now() - (statSync(join(KEPT, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > DAY_MS) rmSync(join(KEPT, name), { recursive: true, force: true });
  }
  const kept = keptCopies();
  mkdirSync(kept, { recursive: true });
  mkdirSync(join(application, 'node_modules/.cache'));
  symlinkSync(kept, join(application, 'node_modules/.cache/nestjs-ws-security'), 'junction');
}

/** Removes the copies of what the application itself contains. */
export function forgetCopies(application: string): void {
  const kept = join(application, 'node_modules/.cache/nestjs-ws-security');
  for (const version of readdirSync(kept))
    rmSync(join(kept, version, application.replace(/^([A-Za-z]):/, '$1')), { recursive: true, force: true });
}

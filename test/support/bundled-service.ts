import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stateOfFiles } from './state-of-files.js';

/** Beside the packages, so that what is not in the bundle is found from there. */
const FOLDER = 'node_modules/.cache/service';
const MAKER = 'test/support/bundle-service.mjs';
const SOURCES = ['dist', 'example/dist', 'package-lock.json', MAKER];
const ABANDONED_MS = 60_000;
const KEPT_MS = 600_000;
const LOOK_EVERY_MS = 50;

let folder: string | undefined;

/** A bundled script of the reference service. They are made once for all specs, until something in them changes. */
export function bundledService(script: 'main' | 'nodes/main' | 'short-deadlines'): string {
  folder ??= made(join(FOLDER, stateOfFiles(SOURCES)));
  return join(folder, `${script}.js`);
}

function made(target: string): string {
  const lock = `${target}.lock`;
  while (!existsSync(target)) {
    if (isTaken(lock)) waitForOther();
    else make(target, lock);
  }
  return target;
}

/** Whether another worker makes it at the moment. */
function isTaken(lock: string): boolean {
  mkdirSync(FOLDER, { recursive: true });
  try {
    mkdirSync(lock);
    return false;
  } catch {
    // One that was killed does not remove its lock.
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > ABANDONED_MS) rmSync(lock, { recursive: true, force: true });
    return true;
  }
}

function waitForOther(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
}

function make(target: string, lock: string): void {
  try {
    // The other one may have ended between two looks.
    if (existsSync(target)) return;
    const making = `${target}.${process.pid}`;
    execFileSync(process.execPath, [MAKER, making]);
    for (const name of readdirSync(FOLDER))
      if (Date.now() - statSync(join(FOLDER, name)).mtimeMs > KEPT_MS)
        rmSync(join(FOLDER, name), { recursive: true, force: true });
    if (!existsSync(target)) renameSync(making, target);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

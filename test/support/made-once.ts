import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A worker that was killed does not remove its lock. */
const ABANDONED_MS = 60_000;
const KEPT_MS = 3_600_000;
const LOOK_EVERY_MS = 50;

/**
 * A folder that one worker makes for all, while the others wait. Its name says from what it is made. Folders beside it
 * that nobody has used for an hour are removed.
 *
 * @param make makes it under another name
 */
export function madeOnce(target: string, make: (folder: string) => void): string {
  const lock = `${target}.lock`;
  while (!existsSync(target)) {
    if (isTaken(lock)) waitForOther();
    else makeLocked(target, lock, make);
  }
  const now = new Date();
  utimesSync(target, now, now);
  return target;
}

/** Whether another worker makes it at the moment. */
function isTaken(lock: string): boolean {
  mkdirSync(dirname(lock), { recursive: true });
  try {
    mkdirSync(lock);
    return false;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > ABANDONED_MS) rmSync(lock, { recursive: true, force: true });
    return true;
  }
}

function waitForOther(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
}

function makeLocked(target: string, lock: string, make: (folder: string) => void): void {
  try {
    // The other worker may have ended between two looks.
    if (existsSync(target)) return;
    const making = `${target}.${process.pid}`;
    make(making);
    removeUnused(dirname(target));
    if (!existsSync(target)) renameSync(making, target);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function removeUnused(folder: string): void {
  for (const name of readdirSync(folder)) {
    const since = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > KEPT_MS) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stateOfFiles } from './state-of-files.js';

/** Beside the packages, so that what is not in a bundle is found from there. */
const FOLDER = resolve('node_modules/.cache/bundles');
const ALL = ['dist', 'package-lock.json', 'test/support/bundle.mjs', 'test/support/run-bundle.cjs'];
const SERVICE = [
  'example/dist',
  'test/support/service-scripts.mjs',
  'test/support/short-deadlines-service.mjs',
];
const BENCH = ['bench/dist', 'test/support/bench-servers.mjs'];
const ABANDONED_MS = 60_000;
const KEPT_MS = 3_600_000;
const LOOK_EVERY_MS = 50;

/** Where the bundles of this worker are, by what made them. */
const folders = new Map<string, string>();

/** A bundled script of the reference service. */
export function bundledService(script: 'main' | 'nodes/main' | 'short-deadlines'): string {
  return join(bundled('test/support/bundle-service.mjs', SERVICE), `${script}.js`);
}

/** The benchmark with bundled servers. */
export function bundledBench(): string {
  return join(bundled('test/support/bundle-bench.mjs', BENCH), 'main.js');
}

/** The folder of bundles, which are made once for all specs, until something in them changes. */
function bundled(maker: string, sources: readonly string[]): string {
  const folder = folders.get(maker) ?? made(maker, join(FOLDER, stateOfFiles([...ALL, ...sources, maker])));
  folders.set(maker, folder);
  return folder;
}

function made(maker: string, target: string): string {
  const lock = `${target}.lock`;
  while (!existsSync(target)) {
    if (isTaken(lock)) waitForOther();
    else make(maker, target, lock);
  }
  const now = new Date();
  utimesSync(target, now, now);
  return target;
}

/** Whether another worker makes them at the moment. */
function isTaken(lock: string): boolean {
  mkdirSync(FOLDER, { recursive: true });
  try {
    mkdirSync(lock);
    return false;
  } catch {
    // A worker that was killed does not remove its lock.
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > ABANDONED_MS) rmSync(lock, { recursive: true, force: true });
    return true;
  }
}

function waitForOther(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_EVERY_MS);
}

function make(maker: string, target: string, lock: string): void {
  try {
    // The other worker may have ended between two looks.
    if (existsSync(target)) return;
    const making = `${target}.${process.pid}`;
    execFileSync(process.execPath, [maker, making]);
    for (const name of readdirSync(FOLDER))
      if (Date.now() - statSync(join(FOLDER, name)).mtimeMs > KEPT_MS)
        rmSync(join(FOLDER, name), { recursive: true, force: true });
    if (!existsSync(target)) renameSync(making, target);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

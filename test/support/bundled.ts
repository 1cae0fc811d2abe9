import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { madeOnce } from './made-once.js';
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
  const known = folders.get(maker);
  if (known !== undefined) return known;
  const target = join(FOLDER, stateOfFiles([...ALL, ...sources, maker]));
  const folder = madeOnce(target, (making) => void execFileSync(process.execPath, [maker, making]));
  folders.set(maker, folder);
  return folder;
}

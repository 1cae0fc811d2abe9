import { spawnSync } from 'node:child_process';

/**
 * What the compiler of TypeScript says about each of these configuration files: an empty text when all is well. One
 * process compiles them all.
 */
export function compile(...configFiles: string[]): string[] {
  return compileWith('typescript', ...configFiles);
}

/**
 * For Node, where a run is short: most optimised code and small collections of garbage would not pay for themselves
 * before it ends.
 */
export const FOR_SHORT_RUNS = [
  '--interrupt-budget=1000000',
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
];

/** @param compiler the name or the folder of the package */
export function compileWith(compiler: string, ...configFiles: string[]): string[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...FOR_SHORT_RUNS, 'test/support/compile-projects.mjs', compiler, ...configFiles],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

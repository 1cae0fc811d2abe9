import { accessSync, constants } from 'node:fs';
import { delimiter, join, sep } from 'node:path';

/**
 * `describe` for tests that need a program. Where it is not installed they are skipped, and the name says why; with
 * `CI=true` they fail instead.
 *
 * @param command where the program is, if not under its name in `PATH`
 */
export function describeWithProgram(
  program: string,
  name: string,
  define: () => void,
  command: string = program,
): void {
  if (isInstalled(command)) describe(name, define);
  else if (process.env.CI === 'true')
    it(`${name}: needs ${program}`, () => Promise.reject(new Error(`${program} is not installed`)));
  else describe.skip(`${name} (skipped: ${program} is not installed)`, define);
}

/** Whether a program is in `PATH`, or at its place. */
export function isInstalled(command: string): boolean {
  const folders = command.includes(sep) ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, command)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** The name of OpenTelemetry for a service without one. */
const UNKNOWN = 'unknown_service';
const NAME = /^[\w.:/@-]{1,128}$/;

/**
 * The name in the application's `package.json`: the one nearest to the started file, or to the working directory if a
 * package (a test runner, a process manager) was started.
 */
export function applicationName(started: string | undefined = process.argv[1], cwd = process.cwd()): string {
  const isOwn = started !== undefined && !started.split(sep).includes('node_modules');
  return (isOwn ? nameAbove(dirname(started)) : undefined) ?? nameAbove(cwd) ?? UNKNOWN;
}

let nameHere: string | undefined;

/** The {@link applicationName} of this process, for which files are read once. */
export function nameOfProcess(): string {
  return (nameHere ??= applicationName());
}

function nameAbove(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const name = nameIn(at);
    if (name !== undefined || at === dirname(at)) return name;
  }
}

/** A folder of the build may have a `package.json` with nothing but a `type`. */
function nameIn(folder: string): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' && NAME.test(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

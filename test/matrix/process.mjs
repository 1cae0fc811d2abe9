import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';

const TIME_LIMIT_MS = 240_000;

const INSTALL_ATTEMPTS = 3;
const INSTALL_PAUSE_MS = 5_000;

/** What a run of the repository's own tools adds to the environment is not that of an application. */
function environment(extra) {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(npm_|NODE_OPTIONS|WS_|CI$|INIT_CWD)/i.test(name),
  );
  return { ...Object.fromEntries(own), NO_COLOR: '1', ...extra };
}

/** Runs a program to its end. @returns the exit code and everything that it printed */
export function execute(program, args, { cwd, env = {} }) {
  const child = spawn(program, args, { cwd, env: environment(env), timeout: TIME_LIMIT_MS });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** @throws Error with the output if the program fails */
export async function succeed(program, args, options) {
  const { code, output } = await execute(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}\n${output}`);
  return output;
}

/**
 * Runs a program that installs packages, in a folder that has been prepared for it. A connection to the registry may be
 * cut at any time, and not every package manager goes on after that: the installation begins again, in an empty folder.
 * @returns the exit code and what it printed the last time
 */
export async function install(program, args, prepare, options) {
  for (let attempt = 1; ; attempt += 1) {
    rmSync(options.cwd, { recursive: true, force: true });
    mkdirSync(options.cwd);
    prepare();
    const result = await execute(program, args, options);
    if (result.code === 0 || attempt === INSTALL_ATTEMPTS) return result;
    console.log(`exit ${result.code} of ${args.join(' ')}, again\n${result.output}`);
    await wait(attempt * INSTALL_PAUSE_MS);
  }
}

/** Calls a function for each item, two at a time. */
export async function inPairs(items, each) {
  const waiting = [...items.entries()];
  const results = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await each(next[1]);
  };
  await Promise.all([work(), work()]);
  return results;
}

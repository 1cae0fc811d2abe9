// `npm` and `npx` for a folder without a network: packages are links to those of this repository, and this module is the
// packed one. Started as `node offline-npm.mjs npm|npx <repository> <arguments>`.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const [program, repository, ...given] = process.argv.slice(2);
const manifestOf = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  process.exit(status ?? 1);
}

/** Everything that npm would put there: the packages and what they depend on. */
function link(name, isRequired) {
  const [target, place] = [join(repository, 'node_modules', name), join('node_modules', name)];
  if (existsSync(place)) return;
  if (!existsSync(target)) {
    if (isRequired) throw new Error(`${name} is not in the node_modules of this repository`);
    return;
  }
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place, 'junction');
  for (const other of Object.keys(manifestOf(target).dependencies ?? {})) link(other, false);
}

function install(names) {
  for (const name of names) {
    if (name !== 'nestjs-ws-security') link(name, true);
    else {
      const own = join('node_modules', name);
      cpSync(process.env['UNPACKED'], own, { recursive: true });
      for (const other of Object.keys(manifestOf(own).dependencies)) link(other, true);
    }
  }
  // What a new application of Nest has, as far as it is needed to build and start.
  const { dependencies, devDependencies } = manifestOf('.');
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) link(name, name in dependencies);
  // Types of the test runner, which is not here.
  mkdirSync('node_modules/vitest', { recursive: true });
  writeFileSync('node_modules/vitest/globals.d.ts', '');
}

if (program === 'npm' && given[0] === 'install') install(given.slice(1));
else if (program === 'npx') {
  const [tool, ...args] = given.filter((argument) => argument !== '-y');
  if (tool !== 'nest' && !tool.startsWith('@nestjs/cli@')) throw new Error(`${tool} is not known here`);
  const offline = args[0] === 'new' ? ['--skip-install', '--skip-git'] : [];
  run(process.execPath, [join(repository, 'node_modules/@nestjs/cli/bin/nest.js'), ...args, ...offline]);
} else throw new Error(`${program} ${given.join(' ')} is not known here`);

// Builds everything, unless what is there was built from the same files, with the same packages and the same Node, and
// is as it was left. Only tests may change without a new build.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

const BUILT = ['dist', 'dist-client', 'example/dist', 'bench/dist'];
const INSTALLED = 'node_modules/.package-lock.json';
const STAMP = 'node_modules/.cache/nestjs-ws-security/build.json';

/** The files of the repository that a build may read, those that are not committed included. */
function sources() {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const options = { encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'ignore'] };
  const files = execFileSync('git', args, options).split('\0');
  return files.filter((file) => file !== '' && !file.startsWith('test/') && !file.endsWith('.spec.ts'));
}

/** By their contents. */
function hashOfSources() {
  const hash = createHash('sha256').update(process.version);
  for (const file of [...new Set([...sources(), INSTALLED])].toSorted())
    hash.update(`\n${file}\n`).update(existsSync(file) ? readFileSync(file) : 'deleted');
  return hash.digest('hex');
}

/** By their names, sizes and times. */
function hashOfBuilt() {
  const hash = createHash('sha256');
  for (const folder of BUILT)
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()) {
      const status = statSync(join(folder, name));
      if (status.isFile()) hash.update(`\n${folder}/${name} ${status.size} ${status.mtimeMs}`);
    }
  return hash.digest('hex');
}

/** Undefined where it cannot be told, as without git, or where a folder is missing. */
function attempt(hash) {
  try {
    return hash();
  } catch {
    return undefined;
  }
}

function isBuilt(from) {
  if (from === undefined || !existsSync(STAMP)) return false;
  const stamp = JSON.parse(readFileSync(STAMP, 'utf8'));
  return stamp.sources === from && stamp.built === attempt(hashOfBuilt);
}

const from = attempt(hashOfSources);
if (!isBuilt(from)) {
  rmSync(STAMP, { force: true });
  const shell = process.platform === 'win32';
  const { status } = spawnSync('npm', ['run', '--silent', 'build:all'], { stdio: 'inherit', shell });
  process.exitCode = status ?? 1;
  // What was changed meanwhile may not be in it.
  if (status === 0 && from !== undefined && from === attempt(hashOfSources)) {
    mkdirSync(dirname(STAMP), { recursive: true });
    writeFileSync(STAMP, JSON.stringify({ sources: from, built: hashOfBuilt() }));
  }
}

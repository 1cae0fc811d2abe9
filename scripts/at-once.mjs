// Runs scripts of package.json at the same time, as `node scripts/at-once.mjs lint types`. Prints what each has said when
// it ends, and fails if one does.
import { spawn } from 'node:child_process';
import process from 'node:process';

/** The npm that runs this script, on every system. */
const { npm_execpath: npm } = process.env;

function run(script) {
  const args = ['run', '--silent', script];
  const options = { stdio: ['ignore', 'pipe', 'pipe'] };
  const child = npm ? spawn(process.execPath, [npm, ...args], options) : spawn('npm', args, options);
  const startedAt = Date.now();
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = Math.round((Date.now() - startedAt) / 1000);
      console.log(`${said}${code === 0 ? 'ok' : 'FAILED'}\t${script} (${seconds} s)`);
      resolve(code === 0);
    });
  });
}

const outcomes = await Promise.all(process.argv.slice(2).map(run));
process.exitCode = outcomes.every(Boolean) ? 0 : 1;

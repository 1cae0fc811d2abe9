/*
 * Runs a hundred honest clients of the reference service during all kinds of attacks. None of their messages may be
 * lost, and memory must return to its level: npm run build && node --expose-gc bench/soak/main.mjs [minutes]
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { SECRET } from './tokens.mjs';

const MINUTE_MS = 60_000;
const minutes = Number(process.argv[2] ?? 15);
const CLIENTS = 100;
/** Longer than every timeout of the connections that the attackers leave behind. */
const QUIET_MS = 75_000;

const ENVIRONMENT = {
  PATH: process.env.PATH,
  PORT: '0',
  PLAIN_HTTP: '1',
  WS_JWT_SECRET: SECRET,
  WS_RATE_LIMIT: '600',
  // High, so that the attackers can connect often.
  WS_CONNECT_RATE_LIMIT: '600',
};

const service = spawn(
  process.execPath,
  ['--expose-gc', '--import', './bench/soak/memory-probe.mjs', 'example/dist/server/main.js'],
  { env: ENVIRONMENT },
);
let output = '';
service.stdout.on('data', (chunk) => (output += chunk));
service.stderr.on('data', (chunk) => (output += chunk));
service.on('exit', (code, signal) => {
  if (!isOver) fail(`the service ended with ${code ?? signal}: ${output.slice(-2000)}`);
});
let isOver = false;

async function said(pattern, from = 0) {
  for (;;) {
    const match = pattern.exec(output.slice(from));
    if (match) return match[1];
    await delay(20);
  }
}

async function memory() {
  const from = output.length;
  service.kill('SIGUSR2');
  return JSON.parse(await said(/soak-memory (\{.*\})/, from));
}

function fail(reason) {
  console.error(reason);
  service.kill('SIGKILL');
  process.exit(1);
}

/** Processor time of the service so far, in seconds. */
function processorSeconds() {
  const fields = readFileSync(`/proc/${service.pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function child(script, order) {
  const started = spawn(process.execPath, [`bench/soak/${script}`, JSON.stringify(order)], { env: {} });
  let text = '';
  started.stdout.on('data', (chunk) => (text += chunk));
  started.stderr.pipe(process.stderr);
  const ended = new Promise((resolve) => started.on('close', resolve));
  return {
    ready: () => new Promise((resolve) => started.stdout.once('data', resolve)),
    end: async () => {
      started.stdin.end();
      await ended;
      return JSON.parse(text.trim().split('\n').at(-1));
    },
  };
}

const mb = (bytes) => (bytes / 1_048_576).toFixed(1);
const report = (what, { rss, heapUsed, external }) =>
  console.log(`${what}: rss ${mb(rss)} MB, heap ${mb(heapUsed)} MB, external ${mb(external)} MB`);

const { port } = new URL(await said(/^Listening on (\S+)\n/m));
const honest = child('honest.mjs', { url: `ws://127.0.0.1:${port}/ws`, count: CLIENTS });
await honest.ready();
await delay(20_000);
const before = await memory();
report('before', before);
const hostile = child('hostile.mjs', { port: Number(port) });
for (let minute = 1; minute <= minutes; minute++) {
  const seconds = processorSeconds();
  await delay(MINUTE_MS);
  report(
    `minute ${minute}, ${((processorSeconds() - seconds) / 0.6).toFixed(0)} % of a core`,
    await memory(),
  );
}
console.log('hostile', await hostile.end());
await delay(QUIET_MS);
const after = await memory();
report('after', after);
const losses = await honest.end();
console.log('honest', losses);
const lines = output.split('\n').filter((line) => line.startsWith('{')).length;
console.log(`security events written: ${lines} lines`);
isOver = true;
service.kill('SIGTERM');
const lost =
  losses.requests - losses.answered + losses.missing + losses.doubled + losses.behind + losses.reconnects;
const growthMb = (after.heapUsed + after.external - before.heapUsed - before.external) / 1_048_576;
console.log(`lost ${lost}, heap and external grown by ${growthMb.toFixed(1)} MB`);
process.exitCode = lost === 0 && growthMb < 10 ? 0 : 1;

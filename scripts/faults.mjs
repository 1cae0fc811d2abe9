/*
 * Runs three nodes of the reference service over a Redis of their own through random faults, and fails when they break
 * a promise: npm run faults -- --minutes=10 --seed=7
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const MINUTE_MS = 60_000;
const SPEC = 'test/redis/random-faults.e2e-spec.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 10);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('usage: npm run faults -- --minutes=10 --seed=7');
  process.exit(1);
}
console.log(`${minutes} minutes, --seed=${seed}`);
const env = { ...process.env, CI: 'true', FAULTS_SEED: String(seed), FAULTS_MS: String(minutes * MINUTE_MS) };
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const run = spawn(process.execPath, [...flags, 'node_modules/jest/bin/jest.js', SPEC], {
  env,
  stdio: 'inherit',
});
run.on('exit', (code) => (process.exitCode = code ?? 1));

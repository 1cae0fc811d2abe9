import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ServerProcess } from '../../processes/server-process.js';
import type { Peer } from '../peer.js';
import { COMMON } from '../limits.js';

const NEEDED = 'import fastapi, uvicorn, websockets';
// Debian's packages belong to the first one, whatever else is installed.
const INTERPRETERS = ['/usr/bin/python3', 'python3'];

// From the compiled module to the folder of the source.
const SERVER = fileURLToPath(new URL('../../../peers/fastapi/server.py', import.meta.url));

let interpreter: string | undefined;

export const fastapi: Peer = {
  label: 'FastAPI tutorial (uvicorn)',
  dialect: 'plain-text',
  unavailable() {
    if (process.platform !== 'linux') return 'its CPU time is read from /proc';
    interpreter ??= INTERPRETERS.find(hasFastApi);
    return interpreter === undefined
      ? 'needs python3-fastapi, python3-uvicorn, python3-websockets'
      : undefined;
  },
  start: ({ env } = {}) =>
    ServerProcess.spawn('fastapi', interpreter ?? 'python3', [SERVER], { env: { ...COMMON, ...env } }),
};

function hasFastApi(python: string): boolean {
  try {
    execFileSync(python, ['-c', NEEDED], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

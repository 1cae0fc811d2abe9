import { ServerProcess } from '../processes/server-process.js';
import { fastapi } from './fastapi/fastapi.js';
import { COMMON, securedEnvironment } from './limits.js';
import type { Peer } from './peer.js';

const server = (name: string): URL => new URL(`./${name}.server.js`, import.meta.url);

function plain(name: string, module: string): Peer['start'] {
  return ({ env, execArgv } = {}) =>
    ServerProcess.fork(name, server(module), { env: { ...COMMON, ...env }, execArgv });
}

function recipe(label: string, tracker: 'connection' | 'address'): Peer {
  return {
    label,
    dialect: 'nest',
    survivesGarbage: true,
    weighed: tracker === 'connection',
    overTls: tracker === 'connection',
    protection: { withoutToken: 'late', codes: {} },
    start: ({ env, execArgv } = {}) =>
      ServerProcess.fork(`recipe-${tracker}`, server('docs-recipe'), {
        env: { ...COMMON, BENCH_TRACKER: tracker, ...env },
        execArgv,
      }),
  };
}

/** The measured servers, in the order of the table. */
export const PEERS: Readonly<Record<string, Peer>> = {
  ws: {
    label: 'ws, nothing else',
    overTls: true,
    dialect: 'nest',
    broadcasts: true,
    weighed: true,
    start: plain('ws', 'bare-ws'),
  },
  nest: {
    label: 'Nest WsAdapter, no protection',
    overTls: true,
    dialect: 'nest',
    survivesGarbage: true,
    weighed: true,
    start: plain('nest', 'bare-nest'),
  },
  'recipe-connection': recipe('Nest recipe, limit per connection', 'connection'),
  'recipe-address': recipe('Nest recipe, limit per address', 'address'),
  'socket-io': {
    label: 'Socket.IO, same checks',
    dialect: 'socket-io',
    broadcasts: true,
    weighed: true,
    protection: {
      withoutToken: 'late',
      codes: { role: 'FORBIDDEN', validation: 'VALIDATION_FAILED', limit: 'RATE_LIMITED' },
    },
    start: plain('socket-io', 'socket-io'),
  },
  fastapi,
  secured: {
    label: 'nestjs-ws-security, everything on',
    overTls: true,
    dialect: 'nest',
    broadcasts: true,
    weighed: true,
    survivesGarbage: true,
    drains: true,
    protection: {
      withoutToken: 401,
      codes: { role: 'FORBIDDEN', validation: 'VALIDATION_FAILED', limit: 'RATE_LIMITED' },
    },
    start: async ({ env, execArgv } = {}) =>
      ServerProcess.fork('secured', new URL('../servers/secured.js', import.meta.url), {
        env: { ...(await securedEnvironment()), ...env },
        execArgv,
      }),
  },
};

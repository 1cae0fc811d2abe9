import { ServerProcess } from '../processes/server-process.js';
import { fastapi } from './fastapi/fastapi.js';
import { COMMON, securedEnvironment } from './limits.js';
import type { Peer } from './peer.js';

const server = (name: string): URL => new URL(`./${name}.server.js`, import.meta.url);

function recipe(label: string, tracker: 'connection' | 'address'): Peer {
  return {
    label,
    dialect: 'nest',
    survivesGarbage: true,
    weighed: tracker === 'connection',
    protection: { withoutToken: 'late', codes: {} },
    start: (execArgv) =>
      ServerProcess.fork(`recipe-${tracker}`, server('docs-recipe'), {
        env: { ...COMMON, BENCH_TRACKER: tracker },
        execArgv,
      }),
  };
}

/** The measured servers, in the order of the table. */
export const PEERS: Readonly<Record<string, Peer>> = {
  ws: {
    label: 'ws, nothing else',
    dialect: 'nest',
    broadcasts: true,
    weighed: true,
    start: (execArgv) => ServerProcess.fork('ws', server('bare-ws'), { env: COMMON, execArgv }),
  },
  nest: {
    label: 'Nest WsAdapter, no protection',
    dialect: 'nest',
    survivesGarbage: true,
    weighed: true,
    start: (execArgv) => ServerProcess.fork('nest', server('bare-nest'), { env: COMMON, execArgv }),
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
    start: (execArgv) => ServerProcess.fork('socket-io', server('socket-io'), { env: COMMON, execArgv }),
  },
  fastapi,
  secured: {
    label: 'nestjs-ws-security, everything on',
    dialect: 'nest',
    broadcasts: true,
    weighed: true,
    survivesGarbage: true,
    protection: {
      withoutToken: 401,
      codes: { role: 'FORBIDDEN', validation: 'VALIDATION_FAILED', limit: 'RATE_LIMITED' },
    },
    start: async (execArgv) =>
      ServerProcess.fork('secured', new URL('../servers/secured.js', import.meta.url), {
        env: await securedEnvironment(),
        execArgv,
      }),
  },
};

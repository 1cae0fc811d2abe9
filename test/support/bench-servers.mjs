// The entry of a bundle of the benchmark's servers, which runs those that are named in `BENCH_SERVERS`.
import process from 'node:process';

const SERVERS = {
  node: () => import('../../bench/dist/servers/node.js'),
  secured: () => import('../../bench/dist/servers/secured.js'),
  watched: () => import('../../bench/dist/servers/watched.js'),
};

for (const name of process.env.BENCH_SERVERS.split(',')) void SERVERS[name]();

// Copies the built benchmark, with bundles of the servers that it measures, as `node bundle-bench.mjs <folder>`.
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { bundle } from './bundle.mjs';

const SERVERS = ['servers/node', 'servers/secured'];

const [, , folder] = process.argv;
cpSync('bench/dist', folder, { recursive: true });
await bundle(folder, Object.fromEntries(SERVERS.map((name) => [name, `bench/dist/${name}.js`])));
// The benchmark itself finds the module by its name.
mkdirSync(join(folder, 'node_modules'));
symlinkSync(resolve('.'), join(folder, 'node_modules/nestjs-ws-security'), 'junction');

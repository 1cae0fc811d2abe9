import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { execute, install } from './process.mjs';

const NOISE = /\bwarn|deprecat|EBADENGINE|unmet|missing peer|incompatible|YN00(02|05|60|86)/i;

/** What is said of slow and of cut connections to the registry, and is no fault of a package. */
const CONNECTION = /^\[WARN\] (GET|Request took) |seems to be corrupted\. trying again/i;

/** Installs the module into an application that has Nest only. It must neither fail nor warn. */
export async function installWith(workshop, { manager, node, nest }) {
  const cwd = workshop.path(`${manager}-${node}`);
  const dependencies = {
    '@nestjs/common': `^${nest}`,
    '@nestjs/core': `^${nest}`,
    '@nestjs/platform-express': `^${nest}`,
    'reflect-metadata': '^0.2.2',
    rxjs: '^7.8.1',
  };
  const manifest = { name: 'application', version: '1.0.0', license: 'MIT', private: true, dependencies };
  const prepare = () => {
    writeFileSync(join(cwd, 'package.json'), JSON.stringify(manifest));
    // Yarn looks for a project in the folders above otherwise.
    if (manager === 'yarn') writeFileSync(join(cwd, 'yarn.lock'), '');
  };
  const packages = [
    `nestjs-ws-security@file:${workshop.tarball}`,
    `@nestjs/websockets@${nest}`,
    '@nestjs/throttler',
    'class-validator',
    'class-transformer',
  ];
  const env = { ...workshop.with(node), YARN_NODE_LINKER: 'node-modules', YARN_ENABLE_TELEMETRY: '0' };
  const args = [...commandOf(workshop, manager), ...packages];
  const installed = await install(workshop.node(node), args, prepare, { cwd, env });
  if (installed.code !== 0) return installed;
  const lines = installed.output.split('\n').filter((line) => !CONNECTION.test(line));
  const warning = lines.find((line) => NOISE.test(line));
  if (warning !== undefined) return { code: `it warns: ${warning}`, output: installed.output };
  const use = "require('reflect-metadata'); require('nestjs-ws-security').WsSecurityModule.forRoot();";
  return execute(workshop.node(node), ['-e', use], { cwd });
}

function commandOf(workshop, manager) {
  const tool = (...names) => workshop.path('managers', 'node_modules', ...names);
  if (manager === 'pnpm') return [tool('pnpm/bin/pnpm.mjs'), 'add', '--strict-peer-dependencies'];
  if (manager === 'yarn') return [tool('yarn/bin/yarn.js'), 'add'];
  // The npm that runs this script.
  return [process.env.npm_execpath, 'install', '--no-audit', '--no-fund'];
}

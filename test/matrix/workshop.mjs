import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { NODE_RANGES } from './combinations.mjs';
import { inPairs, install, succeed } from './process.mjs';

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), 'app');
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/** What an application of one version of Nest needs, and the tools with which it is built and tested. */
const needsOf = (nest) => ({
  '@nestjs/common': `^${nest}`,
  '@nestjs/core': `^${nest}`,
  '@nestjs/platform-express': `^${nest}`,
  '@nestjs/platform-fastify': `^${nest}`,
  '@nestjs/testing': `^${nest}`,
  '@nestjs/throttler': '^6.7.0',
  '@nestjs/websockets': `^${nest}`,
  '@types/jest': '^30.0.0',
  '@types/node': '^20.19.0',
  '@types/ws': '^8.18.0',
  'class-transformer': '^0.5.1',
  'class-validator': '^0.15.0',
  ioredis: '^5.8.0',
  jest: '^30.4.0',
  'reflect-metadata': '^0.2.2',
  rxjs: '^7.8.1',
  'ts-jest': '^29.4.0',
  typescript: '~6.0.0',
  ws: '^8.23.0',
  ...(nest === '11' ? { 'typescript-5.6': 'npm:typescript@~5.6.0' } : { vitest: '^4.1.2' }),
});

/** A temporary folder with the packed module, the releases of Node, the package managers and an application each. */
export class Workshop {
  folder = mkdtempSync(join(tmpdir(), 'matrix-'));
  tarball = '';

  /** Packs the module, and installs everything once. */
  async open() {
    const npm = ['pack', '--silent', '--ignore-scripts', '--pack-destination', this.folder];
    const packed = await succeed('npm', npm, { cwd: process.cwd() });
    this.tarball = join(this.folder, packed.trim().split('\n').at(-1));
    const binary = `node-${process.platform}-${process.arch}`;
    const nodes = Object.entries(NODE_RANGES).map(([node, range]) => [
      `node-${node}`,
      `npm:${binary}@${range}`,
    ]);
    await inPairs(
      [
        ['nest-11', { ...needsOf('11'), 'nestjs-ws-security': `file:${this.tarball}` }],
        ['nest-12', { ...needsOf('12'), 'nestjs-ws-security': `file:${this.tarball}` }],
        ['nodes', Object.fromEntries(nodes)],
        ['managers', { pnpm: '^12.0.0', yarn: 'npm:@yarnpkg/cli-dist@^4.0.0' }],
      ],
      ([name, dependencies]) => this.install(name, dependencies),
    );
  }

  async install(name, dependencies) {
    const cwd = this.path(name);
    const manifest = JSON.stringify({ private: true, dependencies });
    const prepare = () => writeFileSync(join(cwd, 'package.json'), manifest);
    // Binaries of other releases of Node do not match the engines of the running one.
    const args = name === 'nodes' ? ['--force', ...QUIET] : QUIET;
    const { code, output } = await install('npm', ['install', ...args], prepare, { cwd });
    if (code !== 0) throw new Error(`npm install of ${name}: exit ${code}\n${output}`);
  }

  path(...names) {
    return join(this.folder, ...names);
  }

  /** The executable of a release of Node. */
  node(version) {
    return this.path('nodes', 'node_modules', `node-${version}`, 'bin', 'node');
  }

  /** The environment in which programs find this release of Node. */
  with(version) {
    return { PATH: `${dirname(this.node(version))}:${process.env.PATH}` };
  }

  /** A program that was installed with one version of Nest. */
  tool(nest, ...names) {
    return this.path(`nest-${nest}`, 'node_modules', ...names);
  }

  /** An application of its own beside the packages of its version of Nest. */
  application(nest, name, format, files) {
    const folder = this.path(`nest-${nest}`, name);
    cpSync(SOURCES, join(folder, 'src'), { recursive: true });
    const type = format === 'ESM' ? 'module' : 'commonjs';
    const all = { 'package.json': { private: true, type }, ...files };
    for (const [file, content] of Object.entries(all))
      writeFileSync(
        resolve(folder, file),
        typeof content === 'string' ? content : JSON.stringify(content, null, 2),
      );
    return folder;
  }
}

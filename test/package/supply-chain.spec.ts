import { readFileSync } from 'node:fs';

interface Lock {
  packages: Record<
    string,
    { version?: string; dev?: boolean; hasInstallScript?: boolean; engines?: { node?: string } }
  >;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lock;
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
  engines: { node: string };
  dependencies: Record<string, string>;
};

it('P1 exactly one ws serves, and it is 8.23 or later', () => {
  const copies = Object.entries(lock.packages).filter(([path]) => /(^|\/)node_modules\/ws$/.test(path));
  const [major = 0, minor = 0] = (copies[0]?.[1].version ?? '').split('.').map(Number);
  expect(copies).toHaveLength(1);
  expect(major === 8 && minor >= 23).toBe(true);
  expect(manifest.dependencies['ws']).toBe('^8.23.0');
});

it('P3 nothing that is needed to run has an install script', () => {
  const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript && !entry.dev);
  expect(scripted.map(([path]) => path)).toEqual([]);
});

it('P4 engines state the floor, and it is the one of require(esm)', () => {
  expect(manifest.engines.node).toBe('>=20.19');
});

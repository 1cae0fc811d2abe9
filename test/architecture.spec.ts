import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The folders of src/ that each folder may import from, besides itself. */
const ARROWS: Record<string, readonly string[]> = {
  protocol: [],
  time: [],
  frames: [],
  errors: ['protocol'],
  faults: ['time'],
  nest: ['errors'],
  nodes: ['faults', 'time'],
  options: ['errors', 'protocol'],
  counters: ['time', 'protocol'],
  connection: ['nodes', 'faults', 'counters', 'options', 'errors', 'time', 'protocol'],
  observability: ['connection', 'nodes', 'faults', 'counters', 'options', 'errors', 'time', 'protocol'],
  auth: [
    'observability',
    'connection',
    'nest',
    'faults',
    'counters',
    'options',
    'errors',
    'time',
    'protocol',
  ],
  throttling: [
    'observability',
    'connection',
    'nest',
    'faults',
    'counters',
    'options',
    'errors',
    'time',
    'protocol',
  ],
  validation: ['nest', 'options', 'errors', 'protocol'],
  handshake: [
    'auth',
    'throttling',
    'observability',
    'connection',
    'nodes',
    'faults',
    'frames',
    'counters',
    'options',
    'errors',
    'time',
    'protocol',
  ],
  messages: [
    'auth',
    'throttling',
    'validation',
    'observability',
    'connection',
    'nest',
    'faults',
    'frames',
    'counters',
    'options',
    'errors',
    'time',
    'protocol',
  ],
  login: [
    'messages',
    'handshake',
    'auth',
    'throttling',
    'observability',
    'connection',
    'faults',
    'counters',
    'options',
    'errors',
    'time',
    'protocol',
  ],
  gateway: [
    'login',
    'messages',
    'handshake',
    'auth',
    'throttling',
    'validation',
    'connection',
    'nest',
    'faults',
    'counters',
    'options',
    'errors',
    'time',
    'protocol',
  ],
  reports: ['gateway', 'observability', 'connection', 'options'],
  contract: ['gateway', 'auth', 'throttling', 'validation', 'nest', 'options', 'errors', 'protocol'],
  redis: [
    'auth',
    'throttling',
    'connection',
    'nodes',
    'faults',
    'counters',
    'options',
    'errors',
    'time',
    'protocol',
  ],
  admin: [
    'gateway',
    'messages',
    'handshake',
    'auth',
    'throttling',
    'observability',
    'connection',
    'nodes',
    'faults',
    'options',
    'errors',
    'time',
    'protocol',
  ],
  metrics: ['observability', 'handshake', 'options', 'errors', 'time'],
  client: ['protocol'],
  testing: [
    'index.js',
    'ws-security.module-definition.js',
    'auth',
    'throttling',
    'connection',
    'nodes',
    'options',
    'time',
    'protocol',
  ],
};

/** The folders that may import the transport. */
const MAY_IMPORT_WS = new Set(['messages', 'handshake', 'gateway', 'testing']);

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.c?ts$/.test(file) && !file.endsWith('.spec.ts'),
);

function importsOf(file: string): string[] {
  const text = readFileSync(join('src', file), 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\b(?:[^;']*?\bfrom)? '([^']+)';$|\bimport\('([^']+)'\)/gm,
  );
  return [...statements].map(([, name, dynamic]) => (name ?? dynamic) as string);
}

const folderOf = (file: string): string => file.split('/')[0] as string;

describe.each(Object.keys(ARROWS))('src/%s', (folder) => {
  const own = files.filter((file) => folderOf(file) === folder);

  it('imports only from lower folders', () => {
    const allowed = new Set([folder, ...(ARROWS[folder] ?? [])]);
    const wrong = own.flatMap((file) =>
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => normalize(join(dirname(file), name)))
        .filter((target) => !allowed.has(folderOf(target)))
        .map((target) => `${file} -> ${target}`),
    );
    expect(own.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });

  if (!MAY_IMPORT_WS.has(folder)) {
    it('does not import the transport', () => {
      expect(own.filter((file) => importsOf(file).includes('ws'))).toEqual([]);
    });
  }
});

it('every folder of src/ has its allowed imports listed', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).toSorted()).toEqual(Object.keys(ARROWS).toSorted());
});

it('docs/architecture.md describes each folder', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z]+)\/`/gm)].map(([, folder]) => folder);
  expect(rows.toSorted()).toEqual(Object.keys(ARROWS).toSorted());
});

it('docs/architecture.md says what each folder may import', () => {
  const page = readFileSync('docs/architecture.md', 'utf8');
  const above: string[] = [];
  for (const [, folder = '', imports = ''] of page.matchAll(/^\| `([a-z]+)\/`.*\| ([^|]+) \|$/gm)) {
    const named = [...imports.matchAll(/`([a-z]+)`/g)].map(([, name]) => name as string);
    const listed = imports.startsWith('everything above')
      ? above.filter((other) => !named.includes(other))
      : named;
    const arrows = (ARROWS[folder] ?? []).filter((name) => name in ARROWS);
    expect([folder, listed.toSorted()]).toEqual([folder, arrows.toSorted()]);
    above.push(folder);
  }
  expect(above.length).toBe(Object.keys(ARROWS).length);
});

it('only src/nest imports internals of Nest', () => {
  const wrong = files.filter(
    (file) =>
      folderOf(file) !== 'nest' && importsOf(file).some((name) => /^@nestjs\/.*\/internal/.test(name)),
  );
  expect(wrong).toEqual([]);
});

it('no file imports itself through others', () => {
  const targets = new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter((name) => name.startsWith('.'))
        .map((name) => normalize(join(dirname(file), name)).replace(/\.js$/, '.ts')),
    ]),
  );
  const circles = new Set<string>();
  const done = new Set<string>();
  const follow = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) circles.add([...way.slice(start), file].join(' -> '));
    if (start >= 0 || done.has(file)) return;
    for (const target of targets.get(file) ?? []) follow(target, [...way, file]);
    done.add(file);
  };
  for (const file of files) follow(file, []);
  expect(targets.get('index.ts')?.length).toBeGreaterThan(10);
  expect([...circles]).toEqual([]);
});

it('server code does not import test code', () => {
  const served = files.filter((file) => folderOf(file) !== 'testing');
  expect(served.filter((file) => importsOf(file).some((name) => /testing/.test(name)))).toEqual([]);
});

it('protocol and client import only themselves', () => {
  const own = files.filter((file) => ['protocol', 'client'].includes(folderOf(file)));
  expect(own.flatMap((file) => importsOf(file).filter((name) => !name.startsWith('.')))).toEqual([]);
});

import { execFileSync, spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeConsumer } from '../support/packed-consumer.js';
import { packedModule } from '../support/packed-module.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

let folder: string;
const children: ChildProcess[] = [];

/** The packed module, what it declares to need, and the README's code. The compiler checks it in another spec. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consumer-'));
  makeConsumer(folder);
  const [from, to] = [join(folder, 'src'), join(folder, 'dist')];
  execFileSync(process.execPath, ['test/support/transpile.mjs', from, to]);
}, 300_000);

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const PLATFORMS = ['express', 'fastify'];
/** One that starts would never end. */
const STARTED_MS = 60_000;

/** Starts the application on each platform, in one process. @returns the URLs, or what a process that ended has said */
function run(platforms: readonly string[], env: NodeJS.ProcessEnv): Promise<string[]> {
  const child = spawn(process.execPath, [join(folder, 'dist/main.js'), ...platforms], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
  });
  children.push(child);
  return new Promise((resolveOutput) => {
    let printed = '';
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      // Security events are lines of JSON, and the first one comes before the service listens.
      const own = [...printed.matchAll(/^[^{\n].*(?=\n)/gm)].map(([line]) => line);
      if (own.length === platforms.length) resolveOutput(own);
    });
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => resolveOutput([`exit ${code}\n${output}`]));
  });
}

describe('the README’s gateway', () => {
  let urls: string[];

  beforeAll(async () => {
    urls = await run(PLATFORMS, { WS_JWT_SECRET: SECRET });
  }, 120_000);

  it.each(PLATFORMS)('is protected on %s with nothing but forRoot()', async (platform) => {
    const url = urls[PLATFORMS.indexOf(platform)]?.replace('http', 'ws') as string;
    expect(url).toMatch(/^ws:/);
    expect(await TestClient.refused(`${url}/ws`)).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    });
    const client = await TestClient.connect(`${url}/ws`, { token: await mintToken() });
    expect(await client.request('echo', { text: 'hi' })).toEqual({
      event: 'echo',
      data: { text: 'hi' },
      id: 1,
    });
    expect(await client.request('echo', { text: 7 })).toMatchObject({ data: { code: 'VALIDATION_FAILED' } });
    await client.close();
  });
});

describe('what needs no secret', () => {
  let ended: SpawnSyncReturns<string>;
  let lines: string[];

  /** Three modules in one process, which loads Nest once. The last one is the application, which ends it. */
  beforeAll(() => {
    const modules = [
      '--import',
      './dist/html.js',
      '--import',
      './dist/testing.js',
      './dist/main.js',
      'express',
    ];
    const env = { PATH: process.env['PATH'] };
    ended = spawnSync(process.execPath, modules, { cwd: folder, encoding: 'utf8', env, timeout: STARTED_MS });
    lines = ended.stdout.split('\n');
  }, 120_000);

  it('does not start without a secret and says what to set', () => {
    expect(ended.status).toBe(1);
    expect(ended.stderr).toMatch(/^WS_JWT_SECRET: is required, because EchoGateway is not public/m);
  });

  it('tests itself with what the package brings', () => {
    expect(lines.slice(1)).toEqual(['tested', '']);
  });

  it('I10 sanitises HTML', () => {
    expect(JSON.parse(lines[0] as string)).toEqual([
      { html: '<p>a <a>b</a></p>', bare: 'a b' },
      // What was escaped stays escaped.
      { html: '&lt;script&gt; &amp;lt;b&amp;gt;', bare: '&lt;script&gt; &amp;lt;b&amp;gt;' },
    ]);
  });
});

it('P3 the package holds what is published and nothing else', () => {
  const listing = execFileSync('tar', ['-tzf', packedModule()], { encoding: 'utf8' });
  const files = listing
    .trim()
    .split('\n')
    .map((path) => path.replace('package/', ''));
  expect(files).toContain('dist/index.js');
  const unexpected = files.filter(
    (path) =>
      !/^(dist\/.*\.(c?js|d\.c?ts)|dist\/commonjs\/package\.json|dist\/security-event\.schema\.json|package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md)$/.test(
        path,
      ),
  );
  expect(unexpected).toEqual([]);
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object };
  expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
});

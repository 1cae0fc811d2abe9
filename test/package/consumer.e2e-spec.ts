import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
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

function run(platform: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [join(folder, 'dist/main.js'), platform], {
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
      const own = /^[^{\n].*\n/m.exec(printed);
      if (own) resolveOutput(own[0].trim());
    });
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('close', (code) => resolveOutput(`exit ${code}\n${output}`));
  });
}

it.each(['express', 'fastify'])(
  'the README’s gateway is protected on %s with nothing but forRoot()',
  async (platform) => {
    const url = (await run(platform, { WS_JWT_SECRET: SECRET })).replace('http', 'ws');
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
  },
  120_000,
);

it('does not start without a secret and says what to set', async () => {
  const output = await run('express', {});
  expect(output).toMatch(/^exit 1$/m);
  expect(output).toMatch(/^WS_JWT_SECRET: is required, because EchoGateway is not public/m);
});

it('tests itself with what the package brings', () => {
  const output = execFileSync(process.execPath, [join(folder, 'dist/testing.js')], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  expect(output).toBe('tested\n');
});

it('I10 sanitises HTML', () => {
  const output = execFileSync(process.execPath, [join(folder, 'dist/html.js')], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(JSON.parse(output)).toEqual([
    { html: '<p>a <a>b</a></p>', bare: 'a b' },
    // What was escaped stays escaped.
    { html: '&lt;script&gt; &amp;lt;b&amp;gt;', bare: '&lt;script&gt; &amp;lt;b&amp;gt;' },
  ]);
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

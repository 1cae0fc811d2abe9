import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { compile } from '../support/compile.js';
import { packedModule } from '../support/packed-module.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

const MAIN = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

const app = process.argv[2] === 'fastify'
  ? await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error'] })
  : await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(0, '127.0.0.1');
console.log(await app.getUrl());
`;

const HTML = `
import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { SanitizeHtml } from 'nestjs-ws-security';

class Post {
  @SanitizeHtml() html!: string;
  @SanitizeHtml({ allowedTags: [] }) bare!: string;
}
const html = '<p onclick="x()">a <script>evil()</script><a href="javascript:x()">b</a></p>';
const entities = '&lt;script&gt; &amp;lt;b&amp;gt;';
console.log(JSON.stringify([
  plainToInstance(Post, { html, bare: html }),
  plainToInstance(Post, { html: entities, bare: entities }),
]));
`;

const TESTING = `
import assert from 'node:assert/strict';
import { CloseCode } from 'nestjs-ws-security';
import { expectClose, ManualClock, mintToken, startTestApp, TestClient } from 'nestjs-ws-security/testing';
import { AppModule } from './app.module.js';

const clock = new ManualClock();
const { url, close } = await startTestApp({ module: AppModule, clock, options: { rateLimit: 1 } });
const { status, code } = await TestClient.refused(url + '/ws');
assert.deepEqual([status, code], [401, 'UNAUTHENTICATED']);
const token = await mintToken({}, { now: clock.now() });
const client = await TestClient.connect(url + '/ws', { token });
assert.deepEqual((await client.request('echo', { text: 'hi' })).data, { text: 'hi' });
assert.equal((await client.request<{ code: string }>('echo', { text: 'hi' })).data.code, 'RATE_LIMITED');
clock.advance(3_601_000);
await expectClose(client, CloseCode.TOKEN_EXPIRED);
await close();
console.log('tested');
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2023',
    module: 'NodeNext',
    strict: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: false,
    types: ['node'],
    outDir: 'dist',
    rootDir: 'src',
  },
  include: ['src'],
};

let folder: string;
const children: ChildProcess[] = [];

/** An application that is not this repository: the packed module, what it declares to need, and the README's code. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'consumer-'));
  const own = join(folder, 'node_modules', 'nestjs-ws-security');
  mkdirSync(own, { recursive: true });
  execFileSync('tar', ['-xzf', packedModule(), '-C', own, '--strip-components=1']);
  const manifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as Record<
    string,
    Record<string, string>
  >;
  const needed = { ...manifest['dependencies'], ...manifest['peerDependencies'] };
  for (const name of [
    ...Object.keys(needed),
    '@nestjs/platform-express',
    '@nestjs/platform-fastify',
    '@types/node',
  ]) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve('node_modules', name), link, 'junction');
  }
  const [quickStart] = [...readFileSync('README.md', 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(
    ([, code]) => code as string,
  );
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'src', 'app.module.ts'), quickStart as string);
  writeFileSync(join(folder, 'src', 'main.ts'), MAIN);
  writeFileSync(join(folder, 'src', 'html.ts'), HTML);
  writeFileSync(join(folder, 'src', 'testing.ts'), TESTING);
  writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  const [errors] = compile(join(folder, 'tsconfig.json'));
  if (errors !== '') throw new Error(errors);
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

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkPackage } from './linked-package.js';
import { installPackedModule } from './packed-module.js';

const MAIN = `
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

for (const platform of process.argv.slice(2)) {
  const app = platform === 'fastify'
    ? await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['error'] })
    : await NestFactory.create(AppModule, { logger: ['error'] });
  await app.listen(0, '127.0.0.1');
  console.log(await app.getUrl());
}
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

/** Makes a folder an application that is not this repository: the packed module, what it declares to need, and its code. */
export function makeConsumer(folder: string): void {
  const own = join(folder, 'node_modules', 'nestjs-ws-security');
  installPackedModule(own);
  const manifest = JSON.parse(readFileSync(join(own, 'package.json'), 'utf8')) as Record<string, object>;
  const needed = Object.keys({ ...manifest['dependencies'], ...manifest['peerDependencies'] });
  for (const name of [...needed, '@nestjs/platform-express', '@nestjs/platform-fastify', '@types/node'])
    linkPackage(folder, name);
  mkdirSync(join(folder, 'src'));
  const [, quickStart] = /```ts\n(.*?)```/s.exec(readFileSync('README.md', 'utf8')) as RegExpExecArray;
  const sources = { 'app.module.ts': quickStart, 'main.ts': MAIN, 'html.ts': HTML, 'testing.ts': TESTING };
  for (const [file, code] of Object.entries(sources))
    writeFileSync(join(folder, 'src', file), code as string);
  writeFileSync(join(folder, 'package.json'), '{"type":"module","private":true}');
}

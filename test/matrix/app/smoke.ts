import 'reflect-metadata';
import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import {
  CloseCode,
  ConnectionRegistry,
  SanitizeHtml,
  SecureGateway,
  WsSecurityModule,
} from 'nestjs-ws-security';
import { WsClient } from 'nestjs-ws-security/client';
import { mintToken, TEST_SECRET, TestClient } from 'nestjs-ws-security/testing';
import { WebSocket } from 'ws';
import { AppModule, release, seen } from './app.module.js';

const [, , platform, nest] = process.argv;

function create(module: new () => object): Promise<INestApplication> {
  const options = { logger: false, abortOnError: false } as const;
  return platform === 'fastify'
    ? NestFactory.create(module, new FastifyAdapter(), options)
    : NestFactory.create(module, options);
}

const errorOf = async (client: TestClient, event: string, data?: unknown): Promise<unknown> =>
  (await client.request<{ code?: string }>(event, data)).data.code;

async function edge(url: string): Promise<void> {
  assert.deepEqual(await refusal(url), [401, 'UNAUTHENTICATED']);
  const token = await mintToken();
  assert.deepEqual(await refusal(url, { token, origin: 'https://evil.example' }), [
    403,
    'ORIGIN_NOT_ALLOWED',
  ]);
}

async function refusal(url: string, options: { token?: string; origin?: string } = {}): Promise<unknown[]> {
  const { status, code } = await TestClient.refused(url, options);
  return [status, code];
}

/** Echo, validation, guards and limits of one connection, and what Nest itself does in this version. */
async function messages(url: string): Promise<void> {
  const client = await TestClient.connect(url, { token: await mintToken({ sub: 'ann' }) });
  assert.deepEqual((await client.request('echo', { text: 'hi' })).data, { text: 'hi' });
  assert.equal(await errorOf(client, 'echo', { text: 7 }), 'VALIDATION_FAILED');
  assert.equal(await errorOf(client, 'echo', { text: 'hi', more: 1 }), 'VALIDATION_FAILED');
  assert.equal(await errorOf(client, 'admin'), 'FORBIDDEN');
  for (let i = 0; i < 2; i++) assert.equal(await errorOf(client, 'scarce'), undefined);
  assert.equal(await errorOf(client, 'scarce'), 'RATE_LIMITED');
  await client.close();
  const admin = await TestClient.connect(url, { token: await mintToken({ sub: 'root', roles: ['admin'] }) });
  assert.deepEqual((await admin.request('admin')).data, { secret: true });
  await admin.close();
}

/** The client loses its connection, and gets what it missed. */
async function resume(url: string, app: INestApplication): Promise<void> {
  const sockets: WebSocket[] = [];
  class Tapped extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      sockets.push(this);
    }
  }
  const client = new WsClient({ url, token: await mintToken(), WebSocket: Tapped, backoff: { baseMs: 200 } });
  const until = (state: string): Promise<void> =>
    new Promise((resolve) => client.on('status', (status) => void (status.state === state && resolve())));
  const open = until('open');
  await Promise.all([open, Promise.resolve(client.connect())]);
  assert.deepEqual(await client.request('echo', { text: 'client' }), { text: 'client' });
  const missed = new Promise((resolve) => client.on('push', ({ data }) => resolve(data)));
  const resumed = new Promise((resolve) => client.on('resumed', resolve));
  const waiting = until('waiting');
  sockets.at(-1)?.terminate();
  await waiting;
  await app.get(ConnectionRegistry, { strict: false }).broadcast('news', { missed: true });
  assert.deepEqual(await resumed, { recovered: true, missed: 1 });
  assert.deepEqual(await missed, { missed: true });
  const closed = until('closed');
  client.close();
  await closed;
}

/** A request that is pending when the server stops is answered, and then the connection is closed. */
async function drain(url: string, app: INestApplication): Promise<void> {
  const client = await TestClient.connect(url, {
    token: await mintToken({ sub: 'ben' }),
    protocols: ['ws-security.v1'],
  });
  const answer = client.request('slow');
  await client.request('echo', { text: 'sent after it' });
  const closed = app.close();
  await client.next('goodbye');
  release();
  assert.deepEqual((await answer).data, { late: true });
  assert.equal((await client.closed).code, CloseCode.SERVICE_RESTART);
  await closed;
}

/** Errors advise only what this version of Nest can do, and a schema that it would ignore stops the start. */
async function advice(): Promise<void> {
  class NoGateway {
    save(_body: object): void {}
    rename(_body: object): void {}
  }
  const schema = { '~standard': { version: 1, vendor: 'own', validate: (value: unknown) => ({ value }) } };
  const withSchema = (MessageBody as (options: object) => ParameterDecorator)({ schema });
  MessageBody()(NoGateway.prototype, 'save', 0);
  withSchema(NoGateway.prototype, 'rename', 0);
  for (const name of ['save', 'rename'] as const)
    SubscribeMessage(name)(
      NoGateway.prototype,
      name,
      Object.getOwnPropertyDescriptor(NoGateway.prototype, name) as PropertyDescriptor,
    );
  SecureGateway({ path: '/ws' })(NoGateway);
  class Broken {}
  Module({ imports: [WsSecurityModule.forRoot({ jwtSecret: TEST_SECRET })], providers: [NoGateway] })(Broken);
  const app = await create(Broken);
  const error = await app.listen(0, '127.0.0.1').then(
    () => assert.fail('it has started'),
    (problem: Error) => problem,
  );
  await app.close();
  const lines = error.message.split('\n').filter((line) => line.startsWith('NoGateway.'));
  const [save, rename] = ['save', 'rename'].map((name) =>
    lines.find((line) => line.startsWith(`NoGateway.${name}`)),
  );
  assert.match(save ?? '', /cannot be validated; type it with a DTO class/);
  assert.equal(save?.includes('{ schema'), nest === '12');
  assert.equal(rename?.includes('from version 12 on'), nest === '11' ? true : undefined);
  // It is not installed here.
  assert.throws(() => SanitizeHtml(), /run npm install sanitize-html/);
}

async function run(): Promise<void> {
  const app = await create(AppModule);
  await app.listen(0, '127.0.0.1');
  const url = `ws://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}/ws`;
  console.log('boot');
  for (const check of [edge, messages, resume, drain, advice]) {
    await check(url, app);
    console.log(check.name);
  }
  // What docs/compatibility.md says of Nest.
  assert.equal(seen.globalGuard > 0, nest === '12');
  assert.equal(seen.closeCode, nest === '12' ? CloseCode.SERVICE_RESTART : undefined);
  console.log('versions');
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

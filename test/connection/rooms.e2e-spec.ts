import { Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  RoomPolicy,
  SecureGateway,
  WsPublic,
} from 'nestjs-ws-security';
import { Rooms } from '../../src/connection/rooms/rooms.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

class RoomDto {
  @IsString()
  room!: string;
}

@SecureGateway({ path: '/rooms', public: true })
class RoomGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @WsPublic()
  @SubscribeMessage('join')
  join(@MessageBody() { room }: RoomDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }

  @SubscribeMessage('leave')
  leave(@MessageBody() { room }: RoomDto, @CurrentConnection() connection: Connection): void {
    this.connections.leave(connection, room);
  }

  @WsPublic()
  @SubscribeMessage('send')
  send(@MessageBody() { room }: RoomDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.sendToRoom(room, 'said', { by: connection.principal.id }, connection);
  }
}

/** Rooms of a tenant; asking takes a while, as a database does. */
@Injectable()
class TenantRooms extends RoomPolicy {
  override readonly maxRoomsPerConnection = 3;

  override async canJoin({ principal }: Connection, room: string): Promise<boolean> {
    await Promise.resolve();
    if (room === 'broken') throw new Error('no database');
    return room.startsWith(`${String(principal.claims['tenant'])}:`);
  }
}

let running: RunningApp;
let registry: ConnectionRegistry;

async function start(policy?: RoomPolicy): Promise<void> {
  running = await startApp({
    gateways: [RoomGateway],
    overrides: policy ? [[RoomPolicy, policy]] : [],
    options: { maxConnectionsPerUser: 100 },
  });
  registry = running.app.get(ConnectionRegistry);
}

afterEach(() => running.close());

const connect = async (claims: Record<string, unknown> | null, protocols: string[] = []) =>
  TestClient.connect(`${running.url}/rooms`, {
    protocols,
    ...(claims && { token: await mintToken(claims) }),
  });

const outcome = async (client: TestClient, event: string, room: string): Promise<unknown> => {
  const { event: name, data } = await client.request(event, { room });
  return name === 'exception' ? data?.['code'] : name;
};

it('brings a message to everybody in the room, and to nobody else', async () => {
  await start();
  const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((sub) => connect({ sub })));
  await Promise.all([outcome(alice as TestClient, 'join', 'a'), outcome(bob as TestClient, 'join', 'a')]);
  await outcome(carol as TestClient, 'join', 'b');
  alice?.send({ event: 'send', data: { room: 'a' } });
  expect(await bob?.next()).toEqual({ event: 'said', data: { by: 'alice' } });
  expect(await alice?.next()).toEqual({ event: 'said', data: { by: 'alice' } });
  await registry.broadcast('all', null);
  expect(await carol?.next()).toEqual({ event: 'all', data: null });
});

it('Z3 who is not in a room may not send to it', async () => {
  await start();
  const alice = await connect({ sub: 'alice' });
  expect(await outcome(alice, 'send', 'a')).toBe('FORBIDDEN');
  await outcome(alice, 'join', 'a');
  expect(await outcome(alice, 'send', 'a')).toBe('ack');
  expect(await outcome(alice, 'leave', 'a')).toBe('ack');
  expect(await outcome(alice, 'send', 'a')).toBe('FORBIDDEN');
});

it('Z3 the anonymous join nothing', async () => {
  await start();
  const nobody = await connect(null);
  expect(await outcome(nobody, 'join', 'a')).toBe('FORBIDDEN');
});

it('Z5 who gets other rights while a policy is asked is asked about again', async () => {
  const policy = new TenantRooms();
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  let tell = (): void => undefined;
  const asked = new Promise<void>((resolve) => (tell = resolve));
  policy.canJoin = async ({ principal }, room) => {
    tell();
    await gate;
    return room.startsWith(`${String(principal.claims['tenant'])}:`);
  };
  await start(policy);
  const alice = await connect({ sub: 'alice', tenant: 'acme' });
  alice.send({ event: 'join', data: { room: 'acme:a' } });
  await asked;
  const token = await mintToken({ sub: 'alice', tenant: 'other' });
  expect(await alice.request('auth', { token })).toMatchObject({ event: 'auth' });
  open();
  expect(await alice.next()).toMatchObject({ event: 'exception', data: { code: 'FORBIDDEN' } });
  expect(registry.membersOf('acme:a').size).toBe(0);
});

it('Z3 the policy of the application decides about joining, and fails closed', async () => {
  await start(new TenantRooms());
  const alice = await connect({ sub: 'alice', tenant: 'acme' });
  expect(await outcome(alice, 'join', 'acme:1')).toBe('ack');
  expect(await outcome(alice, 'join', 'evil:1')).toBe('FORBIDDEN');
  expect(await outcome(alice, 'join', 'broken')).toBe('INTERNAL_ERROR');
  expect([...registry.membersOf('broken'), ...registry.membersOf('evil:1')]).toEqual([]);
});

it('a connection is in so many rooms at most', async () => {
  await start(new TenantRooms());
  const alice = await connect({ tenant: 't' });
  for (const n of ['1', '2', '3', '4', '1']) alice.send({ event: 'join', data: { room: `t:${n}` }, id: n });
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => alice.next()));
  expect(outcomes.map(({ event, id }) => `${event} ${id}`).toSorted()).toEqual([
    'ack 1',
    'ack 1',
    'ack 2',
    'ack 3',
    'exception 4',
  ]);
  await outcome(alice, 'leave', 't:1');
  expect(await outcome(alice, 'join', 't:5')).toBe('ack');
});

it('Z5 a refresh that takes the right away takes the room away', async () => {
  await start(new TenantRooms());
  const alice = await connect({ sub: 'alice', tenant: 'acme' });
  await outcome(alice, 'join', 'acme:1');
  await alice.request('auth', { token: await mintToken({ sub: 'alice', tenant: 'acme' }) });
  expect(registry.membersOf('acme:1').size).toBe(1);
  await alice.request('auth', { token: await mintToken({ sub: 'alice', tenant: 'other' }) });
  expect(registry.membersOf('acme:1').size).toBe(0);
});

it('S10 nothing is left of who has gone', async () => {
  await start();
  const alice = await connect({ sub: 'alice' });
  await outcome(alice, 'join', 'a');
  const [connection] = registry;
  await alice.close();
  await registry.whenEmpty();
  expect(running.app.get(Rooms).size).toBe(0);
  await registry.join(connection as Connection, 'a');
  expect(running.app.get(Rooms).size).toBe(0);
});

it('reaches a user on all connections, of one issuer or of any', async () => {
  await start();
  const clients = [
    await connect({ sub: 'alice', iss: 'one' }),
    await connect({ sub: 'alice', iss: 'two' }),
    await connect({ sub: 'bob', iss: 'one' }),
  ];
  await registry.sendToUser('alice', 'hello', 1);
  await registry.sendToUser('alice', 'hello', 2, 'two');
  await registry.broadcast('end', undefined);
  const seen = await Promise.all(
    clients.map(async (client) => {
      const data: unknown[] = [];
      for (let frame = await client.next(); frame.event !== 'end'; frame = await client.next())
        data.push(frame.data);
      return data;
    }),
  );
  expect(seen).toEqual([[1], [1, 2], []]);
});

it('numbers pushes for who speaks the protocol, each connection on its own', async () => {
  await start();
  const [numbered, plain] = [await connect({}, ['ws-security.v1']), await connect({})];
  await numbered.next();
  await registry.broadcast('tick', { n: '"' });
  await registry.broadcast('tick', { n: 2 });
  expect(await numbered.next()).toEqual({ event: 'tick', data: { n: '"' }, seq: 1 });
  expect(await numbered.next()).toEqual({ event: 'tick', data: { n: 2 }, seq: 2 });
  expect(await plain.next()).toEqual({ event: 'tick', data: { n: '"' } });
});

it('L5 what cannot be serialised is the caller’s to know', async () => {
  await start();
  await expect(registry.broadcast('tick', 1n)).rejects.toThrow(TypeError);
});

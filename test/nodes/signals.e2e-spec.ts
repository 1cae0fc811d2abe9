import { Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  CurrentPrincipal,
  type KickSignal,
  type Principal,
  RoomPolicy,
  SecureGateway,
  SecurityEvents,
  WsRoles,
} from 'nestjs-ws-security';
import type { RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import { TwoNodes } from '../support/two-nodes.js';

class JoinDto {
  @IsString()
  room!: string;
}

@SecureGateway({ path: '/ws' })
class DeskGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('who')
  who(@CurrentPrincipal() principal: Principal): Principal {
    return principal;
  }

  @WsRoles('manager')
  @SubscribeMessage('sign')
  sign(): boolean {
    return true;
  }

  @SubscribeMessage('join')
  join(@MessageBody() { room }: JoinDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }
}

/** A room is for those who have the role of its name. */
@Injectable()
class RoleRooms extends RoomPolicy {
  override canJoin({ principal }: Connection, room: string): boolean {
    return principal.roles.includes(room);
  }
}

let nodes: TwoNodes;

beforeEach(async () => {
  nodes = await TwoNodes.start({
    gateways: [DeskGateway],
    module: { providers: [{ provide: RoomPolicy, useClass: RoleRooms }] },
  });
});

afterEach(() => nodes.close());

const connect = async (node: RunningApp, claims: object = {}, protocols: string[] = []) =>
  TestClient.connect(`${node.url}/ws`, { token: await mintToken({ ...claims }), protocols });
const connectLater = (node: RunningApp) => {
  nodes.clock.advance(2000);
  return connect(node);
};
const registryOf = (node: RunningApp) => node.app.get(ConnectionRegistry);
const isHere = (client: TestClient) => expect(client.request('who')).resolves.toMatchObject({ event: 'who' });

describe('a signal', () => {
  it('of a kind that only another version knows reaches nobody, and changes nothing', async () => {
    const client = await connect(nodes.one, { roles: ['manager'] });
    const unknown = { type: 'mute', id: 'alice', roles: [], scopes: [] } as unknown as KickSignal;
    expect(await nodes.signals.send(unknown)).toBe(0);
    expect(await client.request('sign')).toMatchObject({ event: 'sign', data: true });
  });
});

describe('a kick', () => {
  it('S2 closes the connections of a user on every node, and says how many', async () => {
    const kicked = [await connect(nodes.one), await connect(nodes.other), await connect(nodes.other)];
    const bob = await connect(nodes.other, { sub: 'bob' });
    expect(await registryOf(nodes.one).kick('alice')).toBe(3);
    for (const { closed } of kicked) expect(await closed).toEqual({ code: 4403, reason: 'kicked' });
    await isHere(bob);
    expect(await registryOf(nodes.one).kick('nobody')).toBe(0);
    // It is no revocation.
    await isHere(await connect(nodes.other));
  });

  it('S2 of one issuer leaves the users of others', async () => {
    const [mine, foreign, nameless] = [
      await connect(nodes.one, { iss: 'mine' }),
      await connect(nodes.other, { iss: 'foreign' }),
      await connect(nodes.other),
    ];
    expect(await registryOf(nodes.other).kick('alice', { issuer: 'mine' })).toBe(1);
    expect((await mine.closed).code).toBe(4403);
    await isHere(foreign);
    expect(await registryOf(nodes.one).kick('alice', { issuer: null, reason: 'bye' })).toBe(1);
    expect(await nameless.closed).toEqual({ code: 4403, reason: 'bye' });
    await isHere(foreign);
  });

  it('gives a reason of at most 123 bytes, in the goodbye too', async () => {
    const client = await connect(nodes.other, {}, ['ws-security.v1']);
    expect(await client.next()).toMatchObject({ event: 'session' });
    await registryOf(nodes.one).kick('alice', { reason: 'é'.repeat(100) });
    expect(await client.next()).toMatchObject({ event: 'goodbye', data: { reason: 'é'.repeat(61) } });
    expect((await client.closed).reason).toBe('é'.repeat(61));
  });

  it('S2 that is heard of late leaves connections that were accepted after it', async () => {
    const [early, late] = [await connect(nodes.one), await connectLater(nodes.one)];
    expect(nodes.signals.arrive({ type: 'kick', id: 'alice' }, nodes.clock.now() - 1000)).toBe(1);
    expect((await early.closed).code).toBe(4403);
    await isHere(late);
  });
});

describe('changed rights', () => {
  const RIGHTS = { roles: ['manager'], scopes: ['desk:write'] };

  it('Z5 hold for every connection of a user on every node from the next message on', async () => {
    const changed = [await connect(nodes.one, { iss: 'id' }), await connect(nodes.other, { iss: 'id' })];
    const others = [await connect(nodes.other, { iss: 'id', sub: 'bob' }), await connect(nodes.one)];
    const before = await Promise.all(changed.map((client) => client.request('who')));
    expect(await registryOf(nodes.one).changeRights('alice', 'id', RIGHTS)).toBe(2);
    for (const [i, client] of changed.entries()) {
      expect(await client.request('sign')).toMatchObject({ data: true });
      expect((await client.request('who')).data).toEqual({ ...before[i]?.data, ...RIGHTS });
    }
    for (const client of others)
      expect(await client.request('sign')).toMatchObject({ data: { code: 'FORBIDDEN' } });
    await registryOf(nodes.other).changeRights('alice', 'id', { roles: [], scopes: [] });
    for (const client of changed)
      expect(await client.request('sign')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  });

  it('Z3 take a connection out of rooms that it may not be in any more', async () => {
    const client = await connect(nodes.other, { roles: ['user', 'manager'] });
    for (const room of ['user', 'manager'])
      expect(await client.request('join', { room })).toMatchObject({ event: 'ack' });
    await registryOf(nodes.one).changeRights('alice', null, { roles: ['user'], scopes: [] });
    await isHere(client);
    const registry = registryOf(nodes.other);
    expect([...registry].map((connection) => [...registry.roomsOf(connection)])).toEqual([['user']]);
  });

  it('L1 are an event, as a refresh is', async () => {
    const types: string[] = [];
    await connect(nodes.other);
    nodes.other.app.get(SecurityEvents).events.subscribe(({ type }) => types.push(type));
    await registryOf(nodes.one).changeRights('alice', null, RIGHTS);
    expect(types).toEqual(['connection.refreshed', 'principal.changed']);
  });
});

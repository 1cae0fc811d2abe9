import { Injectable } from '@nestjs/common';
import { RevocationService, WsConnectGuard } from 'nestjs-ws-security';
import { BanService } from '../../src/throttling/bans/ban.service.js';
import { EchoGateway } from '../support/echo.gateway.js';
import type { AppOptions, RunningApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';
import { TwoNodes } from '../support/two-nodes.js';

let nodes: TwoNodes;

const start = async (more: Partial<AppOptions> = {}): Promise<void> => {
  nodes = await TwoNodes.start({ gateways: [EchoGateway], ...more });
};

afterEach(() => nodes.close());

/** A token that was issued so many seconds from now. */
const issued = (seconds: number, claims: object = {}) =>
  mintToken({ ...claims }, { now: nodes.clock.now() + (60 + seconds) * 1000 });
const connect = (node: RunningApp, token: string) => TestClient.connect(`${node.url}/ws`, { token });
const refusal = (node: RunningApp, token: string) => TestClient.refused(`${node.url}/ws`, { token });
const isHere = (client: TestClient) =>
  expect(client.request('echo', { text: 'here' })).resolves.toMatchObject({ event: 'echo' });
const revocations = (node: RunningApp) => node.app.get(RevocationService);

describe('revocations', () => {
  it.each<[string, object, (service: RevocationService) => Promise<number>]>([
    ['a user', {}, (service) => service.revokeUser('alice', 'id:test')],
    ['a session', { sid: 'session-1' }, (service) => service.revokeSession('session-1')],
    ['a token', { jti: 'token-1' }, (service) => service.revokeToken('token-1')],
  ])('S2 of %s close its connections on every node, and no others', async (_what, claims, revoke) => {
    await start();
    const [mine, foreign] = [
      await issued(-5, { iss: 'id:test', ...claims }),
      await issued(-5, { iss: 'other' }),
    ];
    const ended = [await connect(nodes.one, mine), await connect(nodes.other, mine)];
    const others = [await connect(nodes.one, foreign), await connect(nodes.other, foreign)];
    expect(await revoke(revocations(nodes.one))).toBe(1);
    for (const { closed } of ended) expect(await closed).toEqual({ code: 4403, reason: 'revoked' });
    for (const node of [nodes.one, nodes.other]) expect((await refusal(node, mine)).status).toBe(401);
    for (const other of others) await isHere(other);
  });

  it('S2 that are heard of late close nothing that was issued after them', async () => {
    await start();
    const [older, newer] = [await issued(-5), await issued(0)];
    const clients = [await connect(nodes.other, older), await connect(nodes.other, newer)] as const;
    nodes.revocations.revoke('user:alice', nodes.clock.now() - 3000);
    expect((await clients[0].closed).code).toBe(4403);
    await isHere(clients[1]);
    // Told again, as after a line that broke: a later token of a clock that is ahead is good too.
    const ahead = await connect(nodes.other, await issued(20));
    nodes.revocations.revoke('user:alice', nodes.clock.now() - 3000);
    await Promise.all([isHere(clients[1]), isHere(ahead)]);
  });

  it('S2 reach tokens of an issuer whose clock is ahead on every node that has accepted them', async () => {
    await start();
    const ahead = await issued(20);
    const client = await connect(nodes.other, ahead);
    expect(await revocations(nodes.one).revokeUser('alice', null)).toBe(0);
    expect((await client.closed).code).toBe(4403);
  });

  it('S2 void those tokens on every node, also where they were never accepted', async () => {
    await start();
    const ahead = await issued(20);
    const client = await connect(nodes.other, ahead);
    await revocations(nodes.one).revokeUser('alice', null);
    expect((await client.closed).code).toBe(4403);
    expect((await refusal(nodes.one, ahead)).status).toBe(401);
    expect((await refusal(nodes.other, ahead)).status).toBe(401);
    await isHere(await connect(nodes.one, await issued(21)));
  });

  it('S2 on another node reach a handshake that is under way', async () => {
    @Injectable()
    class RevokingGuard extends WsConnectGuard {
      static other: RevocationService | undefined;

      async canConnect(): Promise<boolean> {
        await RevokingGuard.other?.revokeUser('alice', null);
        return true;
      }
    }
    await start({ connectGuards: [RevokingGuard] });
    RevokingGuard.other = revocations(nodes.other);
    const { calls } = EchoGateway;
    const client = await connect(nodes.one, await issued(-5));
    client.send({ event: 'echo', data: { text: 'too late' } });
    expect((await client.closed).code).toBe(4403);
    expect(EchoGateway.calls).toBe(calls);
  });

  it('S2 that are lifted, by a service or by its store, void nothing on any node', async () => {
    await start();
    const token = await issued(-5);
    for (const lift of [
      (key: string) => revocations(nodes.other).lift(key),
      async (key: string) => nodes.revocations.lift(key),
    ]) {
      await revocations(nodes.one).revokeUser('alice', null);
      expect((await refusal(nodes.one, token)).status).toBe(401);
      for (const { key } of nodes.revocations.list()) await lift(key);
      for (const node of [nodes.one, nodes.other]) {
        const client = await connect(node, token);
        await isHere(client);
        await client.close();
      }
    }
  });

  it('S2 without an end, or with one that lies too far away, are remembered for WS_REVOCATION_MAX_MS', async () => {
    const HOUR_MS = 3_600_000;
    await start({ options: { revocationMaxMs: HOUR_MS } });
    const latest = nodes.clock.now() + HOUR_MS;
    const service = revocations(nodes.one);
    await service.revokeUser('alice', null);
    await service.revokeSession('session-1', latest + 1);
    await service.revokeToken('token-1', latest - 60_000);
    const listed = new Map(nodes.revocations.list().map(({ key, forgetAt }) => [key, forgetAt]));
    expect([...listed]).toEqual([
      ['user:alice', latest],
      ['session:session-1', latest],
      // The skew of clocks comes on top.
      ['token:token-1', latest - 30_000],
    ]);
  });
});

describe('bans', () => {
  const strikeOut = async (client: TestClient): Promise<void> => {
    client.send('garbage');
    expect((await client.closed).code).toBe(4429);
  };
  const startBanning = () => start({ options: { strikeLimit: 1, banMs: 60_000 } });

  it('R5 close the connections of a principal on every node, and no others', async () => {
    await startBanning();
    const [alice, bob] = [await issued(-5), await issued(-5, { sub: 'bob' })];
    const [one, same, other, spared] = [
      await connect(nodes.one, alice),
      await connect(nodes.one, alice),
      await connect(nodes.other, alice),
      await connect(nodes.other, bob),
    ];
    await strikeOut(one);
    for (const { closed } of [same, other]) expect(await closed).toEqual({ code: 4403, reason: 'banned' });
    for (const node of [nodes.one, nodes.other])
      expect((await refusal(node, alice)).body).toMatchObject({ code: 'BANNED' });
    await isHere(spared);
  });

  it('R5 that are lifted, by a service or by their store, keep nobody out on any node', async () => {
    await startBanning();
    const token = await issued(-5);
    for (const lift of [
      (key: string) => nodes.other.app.get(BanService).lift(key),
      async (key: string) => nodes.bans.lift(key),
    ]) {
      await strikeOut(await connect(nodes.one, token));
      expect((await refusal(nodes.other, token)).status).toBe(403);
      for (const { key } of nodes.bans.list()) await lift(key);
      for (const node of [nodes.one, nodes.other]) {
        const client = await connect(node, token);
        await isHere(client);
        await client.close();
      }
    }
  });

  it('R5 by the application hold on every node, also where WS_BAN_MS turns automatic ones off', async () => {
    await start();
    const token = await issued(-5);
    const [alice, bob] = [
      await connect(nodes.one, token),
      await connect(nodes.one, await issued(-5, { sub: 'bob' })),
    ];
    await nodes.other.app.get(BanService).banUser('alice', null, 60_000);
    expect(await alice.closed).toEqual({ code: 4403, reason: 'banned' });
    for (const node of [nodes.one, nodes.other])
      expect((await refusal(node, token)).body).toMatchObject({ code: 'BANNED' });
    await isHere(bob);
    await nodes.one.app.get(BanService).banAddress('127.0.0.1', 60_000);
    expect((await refusal(nodes.other, await issued(-5, { sub: 'bob' }))).body).toMatchObject({
      code: 'BANNED',
    });
    await isHere(bob);
  });
});

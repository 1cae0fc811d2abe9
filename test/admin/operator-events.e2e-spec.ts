import { connect as tcp, type Socket } from 'node:net';
import { type NewSecurityEvent, RevocationService, SecureGateway, SecurityEvents } from 'nestjs-ws-security';
import { BearerOperatorGuard, type Overview, WsAdminModule } from 'nestjs-ws-security/admin';
import { EventFeed } from '../../src/admin/events/event-feed.js';
import { EventRing } from '../../src/admin/events/event-ring.js';
import { eventually } from '../support/eventually.js';
import { ManualClock } from '../support/manual-clock.js';
import { Operator } from '../support/operator.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class QuietGateway {}

describe.each(['express', 'fastify'] as const)("the operator's events on %s", (platform) => {
  let node: RunningApp;
  let operator: Operator;
  const clock = new ManualClock();

  beforeAll(async () => {
    node = await startApp({
      platform,
      clock,
      gateways: [QuietGateway],
      options: { adminMaxListeners: 2, adminReadLimit: 10_000 },
      imports: [WsAdminModule.forRoot({ guards: [BearerOperatorGuard] })],
    });
    operator = await Operator.at(node.url);
  });

  afterAll(() => node.close());

  const emit = (event: NewSecurityEvent): void => node.app.get(SecurityEvents).emit(event);
  const refused = (address: string): NewSecurityEvent => ({
    type: 'handshake.refused',
    code: 'FORBIDDEN',
    status: 403,
    'client.address': address,
    'url.path': '/ws',
  });
  const ring = (): EventRing => node.app.get(EventRing, { strict: false });
  const noListeners = (): Promise<void> =>
    eventually(async () => {
      const { listeners } = await operator.get<Overview>('/overview');
      expect(listeners.open).toBe(0);
    });

  it('sends what is remembered, then what happens, and goes on after the last event', async () => {
    emit(refused('192.0.2.1'));
    const tail = await operator.listen('?type=handshake.*');
    expect(tail.response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    // Middleware that compresses would collect the events.
    expect(tail.response.headers.get('cache-control')).toBe('no-store, no-transform');
    const first = await tail.until(({ data }) => data['client.address'] === '192.0.2.1');
    expect(first.data).toMatchObject({
      type: 'handshake.refused',
      code: 'FORBIDDEN',
      node: expect.any(String) as string,
    });
    expect(tail.sent.slice(0, 2)).toMatchObject([
      { event: 'ready', data: { remembered: 1000 } },
      { event: 'nodes', data: { asked: 1, answered: 1 } },
    ]);
    emit(refused('192.0.2.2'));
    const second = await tail.until(({ data }) => data['client.address'] === '192.0.2.2');
    tail.stop();
    emit(refused('192.0.2.3'));
    const later = await operator.listen('', { 'last-event-id': second.id as string });
    await later.until(({ data }) => data['client.address'] === '192.0.2.3');
    expect(later.sent.filter(({ event }) => event === 'event')).toHaveLength(1);
    later.stop();
    const now = await operator.listen('?lastEventId=now');
    await now.until(({ event }) => event === 'nodes');
    emit(refused('192.0.2.4'));
    await now.until(({ event }) => event === 'event');
    expect(now.sent.filter(({ event }) => event === 'event')).toMatchObject([
      { data: { 'client.address': '192.0.2.4' } },
    ]);
    now.stop();
    await noListeners();
  });

  it('filters by type, user and address', async () => {
    const users = await operator.listen('?user=alice&lastEventId=now');
    await users.until(({ event }) => event === 'nodes');
    const addresses = await operator.listen('?type=ban.set,handshake.*&address=192.0.2.9&lastEventId=now');
    await addresses.until(({ event }) => event === 'nodes');
    clock.advance(20_000);
    emit(refused('192.0.2.8'));
    emit({ ...refused('192.0.2.9'), 'user.id': 'alice' } as NewSecurityEvent);
    await users.until(({ event }) => event === 'event');
    await addresses.until(({ event }) => event === 'event');
    for (const { sent } of [users, addresses])
      expect(sent.filter(({ event }) => event === 'event')).toMatchObject([
        { data: { 'client.address': '192.0.2.9' } },
      ]);
    users.stop();
    addresses.stop();
    await noListeners();
  });

  it('R11 remembers 1,000 events, a flood pushes nothing else out, and a gap is told', async () => {
    const tail = await operator.listen('?lastEventId=now');
    await tail.until(({ event }) => event === 'nodes');
    emit({ type: 'api-keys.reload-failed', reason: 'marker' });
    const { id } = await tail.until(({ event }) => event === 'event');
    tail.stop();
    const before = ring().last;
    for (let i = 0; i < 10_000; i++) emit(refused(`192.0.2.${i % 250}`));
    expect(ring().last - before).toBeLessThanOrEqual(10);
    for (let i = 0; i < 300; i++) {
      clock.advance(10_100);
      for (let j = 0; j < 10; j++) emit(refused(`192.0.2.${j}`));
    }
    expect(ring().last - ring().first).toBe(999);
    expect(ring().after(0)).toHaveLength(1000);
    const late = await operator.listen('', { 'last-event-id': id as string });
    await late.until(({ event }) => event === 'gap');
    await late.until(({ id: own }) => own?.endsWith(`:${ring().last}`) === true);
    expect(late.sent.filter(({ event }) => event === 'event')).toHaveLength(1000);
    late.stop();
    await noListeners();
  });

  it('lets only so many listen, and cuts those whose token ends or is revoked', async () => {
    const first = await operator.listen();
    const brief = await (
      await Operator.at(node.url, { sub: 'brief' }, { now: clock.now(), expiresIn: 60 })
    ).listen();
    const more = await operator.request('GET', '/events');
    expect([more.status, more.body.code, more.headers.get('retry-after')]).toEqual([503, 'OVERLOADED', '5']);
    await pass(60_000);
    await brief.ended;
    // The token of the other is still valid.
    expect(openListeners()).toBe(1);
    await node.app.get(RevocationService).revokeUser('olga', null, clock.now() + 60_000);
    clock.advance(15_000);
    await first.ended;
    operator = await Operator.at(node.url, { sub: 'olivia' });
    await noListeners();
  });

  it('no operator takes all places: who has most of them gives the oldest up to another one', async () => {
    const other = await Operator.at(node.url, { sub: 'other' });
    const third = await Operator.at(node.url, { sub: 'third' });
    const [oldest, newest] = [await operator.listen(), await operator.listen()];
    const own = await other.listen();
    await oldest.ended;
    expect(openListeners()).toBe(2);
    // Everybody has one now.
    for (const late of [operator, other, third])
      expect((await late.request('GET', '/events')).body.code).toBe('OVERLOADED');
    emit({ type: 'api-keys.reload-failed', reason: 'seen by both' });
    for (const tail of [newest, own]) {
      await tail.until(
        ({ event, data }) => event === 'event' && JSON.stringify(data).includes('seen by both'),
      );
      tail.stop();
    }
    await noListeners();
  });

  it('R11 sends all that is remembered, however long the events are', async () => {
    const long = 'é'.repeat(200);
    const act = { 'actor.id': long, target: long, note: long, reason: long };
    for (let i = 0; i < 1000; i++) emit({ type: 'admin.disconnect', ...act, counts: { connections: i } });
    const tail = await operator.listen();
    await tail.until(({ id }) => id?.endsWith(`:${ring().last}`) === true);
    expect(tail.sent.filter(({ event }) => event === 'event')).toHaveLength(1000);
    tail.stop();
    await noListeners();
  });

  it('R8 cuts those who do not read', async () => {
    const token = await mintToken({ scope: 'ws:read' }, { now: clock.now() });
    const sluggard = tcp(node.port, '127.0.0.1');
    sluggard.pause();
    sluggard.write(
      `GET /ws-admin/events HTTP/1.1\r\nHost: 127.0.0.1:${node.port}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    await eventually(async () => {
      expect((await operator.get<Overview>('/overview')).listeners.open).toBe(1);
    });
    const long = 'x'.repeat(200);
    const unvalidated = Array.from({ length: 32 }, () => long);
    for (let i = 0; i < 1000 && openListeners() > 0; i++) {
      clock.advance(10_100);
      for (let j = 0; j < 10; j++) emit({ type: 'node.started', version: '', settings: '', unvalidated });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(openListeners()).toBe(0);
    await ended(sluggard);
  });

  /** What is asked of guards is answered meanwhile. */
  const pass = async (ms: number): Promise<void> => {
    for (let past = 0; past < ms; past += 15_000) {
      clock.advance(15_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const openListeners = (): number => node.app.get(EventFeed, { strict: false }).listeners.open;

  function ended(socket: Socket): Promise<void> {
    return new Promise((resolve) => {
      socket.on('close', () => resolve());
      socket.on('error', () => undefined);
      socket.resume();
    });
  }
});

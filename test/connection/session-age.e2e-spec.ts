import { ConnectionRegistry } from 'nestjs-ws-security';
import { AwaySessions } from '../../src/connection/resume/away-sessions.js';
import { ResumableSessions } from '../../src/connection/resume/resumable-sessions.js';
import { ManualClock } from '../support/manual-clock.js';
import { connectResuming, cut, type Resuming } from '../support/resuming.js';
import { RoomGateway } from '../support/room.gateway.js';
import { type RunningApp, startApp } from '../support/start-app.js';

const MAX_AGE_MS = 3000;

/** A wall clock that can be set. */
class SettableClock extends ManualClock {
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}

let clock: SettableClock;
let running: RunningApp;

beforeEach(async () => {
  clock = new SettableClock();
  running = await startApp({
    gateways: [RoomGateway],
    clock,
    options: { resume: true, sessionMaxAgeMs: MAX_AGE_MS, heartbeatIntervalMs: 86_400_000 },
  });
});

afterEach(() => running.close());

const registry = (): ConnectionRegistry => running.app.get(ConnectionRegistry);
const connect = (resume?: { token: string }): Promise<Resuming> =>
  connectResuming(`${running.url}/ws`, resume && { token: resume.token, lastSeq: 0 });
const isServed = async ({ client }: Resuming): Promise<void> =>
  expect(await client.request('join', { room: 'a' })).toMatchObject({ event: 'ack' });

it('S3 the age of a session counts from its first connection, over all resumes', async () => {
  let now = await connect();
  for (const gap of [900, 900, 900]) {
    clock.advance(gap);
    await cut(now.client, registry());
    now = await connect(now.resume);
    expect(now.resume.recovered).toBe(true);
  }
  clock.advance(200);
  await isServed(now);
  clock.advance(200);
  expect(await now.client.next()).toMatchObject({
    event: 'goodbye',
    data: { code: 4440, reconnect: 'reauthenticate' },
  });
  expect(await now.client.closed).toEqual({ code: 4440, reason: 'session too old' });
  await registry().whenEmpty();

  // A client that authenticates again starts a new session with a new age.
  const next = await connect(now.resume);
  expect(next.resume.recovered).toBe(false);
  clock.advance(2900);
  await isServed(next);
  clock.advance(200);
  expect((await next.client.closed).code).toBe(4440);
});

it('S3 the age continues when a client takes over its session from an open connection', async () => {
  const first = await connect();
  clock.advance(2000);
  const second = await connect(first.resume);
  expect(second.resume.recovered).toBe(true);
  expect((await first.client.closed).code).toBe(1006);
  clock.advance(900);
  await isServed(second);
  clock.advance(200);
  expect((await second.client.closed).code).toBe(4440);
});

it('S3 a session reaches its maximum age while its client is disconnected too', async () => {
  const { client, resume } = await connect();
  clock.advance(2000);
  await cut(client, registry());
  clock.advance(900);
  expect(running.app.get(AwaySessions).size).toBe(1);
  clock.advance(200);
  expect(running.app.get(AwaySessions).size).toBe(0);
  expect(running.app.get(ResumableSessions).size).toBe(0);
  const next = await connect(resume);
  expect(next.resume).toMatchObject({ recovered: false, seq: 0 });
  await next.client.close();
});

it('S3 a session that became too old while its client was disconnected recovers nothing, even if the clock was set', async () => {
  const { client, resume } = await connect();
  await cut(client, registry());
  clock.ahead = MAX_AGE_MS;
  const next = await connect(resume);
  expect(next.resume).toMatchObject({ recovered: false, seq: 0 });
  expect(running.app.get(AwaySessions).size).toBe(0);
  clock.advance(2900);
  await isServed(next);
  clock.advance(200);
  expect((await next.client.closed).code).toBe(4440);
});

it('S3 a connection that closes when its session is too old leaves no state behind', async () => {
  const { client, resume } = await connect();
  clock.ahead = MAX_AGE_MS;
  await cut(client, registry());
  expect(running.app.get(AwaySessions).size).toBe(0);
  expect(running.app.get(ResumableSessions).size).toBe(0);
  const next = await connect(resume);
  expect(next.resume.recovered).toBe(false);
  await next.client.close();
});

import { Injectable } from '@nestjs/common';
import {
  CloseCode,
  type Connection,
  ConnectionRegistry,
  ResumeMemory,
  RevocationService,
  RoomPolicy,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { AwaySessions } from '../../src/connection/resume/away-sessions.js';
import { ManualClock } from '../support/manual-clock.js';
import { connectResuming, cut, type Resuming, until } from '../support/resuming.js';
import { RoomGateway } from '../support/room.gateway.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import type { TestClient } from '../support/test-client.js';

/** Waits for the test with its answers about some rooms. */
@Injectable()
class SlowRooms extends RoomPolicy {
  static readonly gates = new Map<string, Promise<boolean>>();
  static asked = 0;

  override canJoin(_connection: Connection, room: string): boolean | Promise<boolean> {
    const gate = SlowRooms.gates.get(room);
    if (gate) SlowRooms.asked++;
    return gate ?? true;
  }
}

class SmallMemory extends ResumeMemory {
  override readonly maxBytes: number = 5000;
}

let clock: ManualClock;
let running: RunningApp;

async function start(options: WsSecurityOptions = {}): Promise<void> {
  SlowRooms.gates.clear();
  SlowRooms.asked = 0;
  clock = new ManualClock();
  running = await startApp({
    gateways: [RoomGateway],
    clock,
    options: { resume: true, heartbeatIntervalMs: 86_400_000, ...options },
    module: {
      providers: [
        { provide: RoomPolicy, useClass: SlowRooms },
        { provide: ResumeMemory, useClass: SmallMemory },
      ],
    },
  });
}

afterEach(() => running.close());

const registry = (): ConnectionRegistry => running.app.get(ConnectionRegistry);
const connect = (...args: [offer?: { token: string; lastSeq: number }, claims?: object]): Promise<Resuming> =>
  connectResuming(`${running.url}/ws`, ...args);

/** The policy answers about a room when the returned function is called. */
function close(room: string): (answer: boolean) => void {
  let open = (_answer: boolean): void => undefined;
  SlowRooms.gates.set(room, new Promise((resolve) => (open = resolve)));
  return open;
}

async function pushes(client: TestClient, count: number): Promise<[seq: unknown, data: unknown][]> {
  const frames = await Promise.all(Array.from({ length: count }, () => client.next()));
  return frames.map(({ seq, data }) => [seq, data]);
}

describe('a client that comes back on another line', () => {
  it('S6 gets each push once and under its own number, also those of the moment it takes its session over', async () => {
    await start();
    const { client, resume } = await connect();
    await client.request('join', { room: 'a' });
    const [before] = [...registry()] as [Connection];
    await registry().sendToRoom('a', 'tick', 1);

    const memory = running.app.get(ResumeMemory);
    const connects = memory.connects.bind(memory);
    let n = 1;
    memory.connects = (session) => {
      connects(session);
      memory.connects = connects;
      // The session has just changed hands: a push in each turn before the old line tells that it has closed.
      let turn = Promise.resolve();
      for (let i = 0; i < 20; i++) turn = turn.then(() => void registry().sendToRoom('a', 'tick', ++n));
    };
    const back = await connect({ token: resume.token, lastSeq: 0 });
    expect(back.resume).toMatchObject({ recovered: true, seq: 1 });
    await until(() => registry().size === 1);
    // Somebody may hold the old connection still.
    before.push('tick', 'to nobody');
    await registry().sendToRoom('a', 'tick', ++n);
    expect(n).toBe(22);
    const all = Array.from({ length: 22 }, (_, i) => [i + 1, i + 1]);
    expect(await pushes(back.client, 22)).toEqual(all);

    // What is kept is the same.
    await cut(back.client, registry());
    const again = await connect({ token: back.resume.token, lastSeq: 0 });
    expect(again.resume).toMatchObject({ recovered: true, seq: 22 });
    expect(await pushes(again.client, 22)).toEqual(all);
    await again.client.close();
  });

  it('S5 is in the rooms that its old line has joined and left meanwhile, and hears what was said there', async () => {
    await start();
    const { client, resume } = await connect();
    for (const room of ['slow', 'left']) await client.request('join', { room });
    const open = close('slow');
    const coming = connect({ token: resume.token, lastSeq: 0 });
    await until(() => SlowRooms.asked === 1);
    await client.request('join', { room: 'joined' });
    const [before] = [...registry()] as [Connection];
    registry().leave(before, 'left');
    await registry().sendToRoom('joined', 'tick', 1);
    open(true);
    const back = await coming;
    expect(back.resume.recovered).toBe(true);
    await until(() => registry().size === 1);
    const [now] = [...registry()] as [Connection];
    expect([...registry().roomsOf(now)].toSorted()).toEqual(['joined', 'slow']);
    expect(await pushes(back.client, 1)).toEqual([[1, 1]]);
    await back.client.close();
  });

  describe('S6 is told that nothing was recovered when, while its rooms were asked about,', () => {
    it.each<[string, 'away' | 'here', () => unknown]>([
      ['the time was up', 'away', () => clock.advance(10_100)],
      [
        'its user had left more sessions behind than are kept',
        'away',
        async () => {
          for (let i = 0; i < 2; i++) await cut((await connect()).client, registry());
        },
      ],
      [
        'its old line was closed for good',
        'here',
        () => [...registry()][0]?.close(CloseCode.FORBIDDEN, 'kicked'),
      ],
      [
        'the session it was connected with was revoked',
        'away',
        () => running.app.get(RevocationService).revokeSession('first'),
      ],
    ])('%s', async (_what, where, happen) => {
      await start({ resumeTtlMs: 10_000, maxConnectionsPerUser: 2 });
      const { client, resume } = await connect(undefined, { sub: 'alice', sid: 'first' });
      await client.request('join', { room: 'a' });
      if (where === 'away') await cut(client, registry());
      const open = close('a');
      const coming = connect({ token: resume.token, lastSeq: 0 }, { sub: 'alice', sid: 'second' });
      await until(() => SlowRooms.asked === 1);
      await happen();
      await registry().sendToRoom('a', 'tick', 'missed');
      open(true);
      const back = await coming;
      expect(back.resume).toMatchObject({ recovered: false, seq: 0 });
      await registry().broadcast('tick', 'new');
      expect(await pushes(back.client, 1)).toEqual([[1, 'new']]);
      if (where === 'here') expect((await client.closed).code).toBe(4403);
      await back.client.close();
    });
  });
});

it('R8 what is pushed to a client that is not ready yet is bounded as what waits for a slow one', async () => {
  await start({ maxBufferedBytes: 100_000 });
  const { client, resume } = await connect();
  await client.request('join', { room: 'a' });
  await cut(client, registry());
  const open = close('a');
  const coming = connect({ token: resume.token, lastSeq: 0 });
  await until(() => SlowRooms.asked === 1);
  const [waiting] = [...registry()] as [Connection];
  for (let i = 0; i < 9; i++) waiting.push('tick', 'x'.repeat(10_000));
  expect(waiting.isOpen).toBe(true);
  for (let i = 0; i < 9; i++) waiting.push('tick', 'x'.repeat(10_000));
  expect(waiting.isOpen).toBe(false);
  const { client: refused } = await coming;
  expect(await refused.closed).toEqual({ code: 1013, reason: 'too slow' });
  open(true);
  await until(() => registry().size === 0);
});

it('S6 together the buffers of all sessions take a bounded memory: the client that left first recovers nothing', async () => {
  await start();
  const left: Record<string, string> = {};
  for (const sub of ['alice', 'bob', 'carol']) {
    const { client, resume } = await connect(undefined, { sub });
    await cut(client, registry());
    left[sub] = resume.token;
  }
  for (const sub of ['carol', 'bob', 'alice'])
    await registry().sendToUser(sub, 'tick', sub.padEnd(1500, '.'));
  await registry().sendToUser('bob', 'tick', 'more'.padEnd(1500, '.'));
  expect(running.app.get(ResumeMemory).bytes).toBeLessThanOrEqual(5000);
  const outcomes: Record<string, boolean> = {};
  for (const [sub, token] of Object.entries(left)) {
    const { client, resume } = await connect({ token, lastSeq: 0 }, { sub });
    outcomes[sub] = resume.recovered;
    client.socket.close(1000);
    await client.closed;
  }
  expect(outcomes).toEqual({ alice: false, bob: true, carol: true });
  await registry().whenEmpty();
  expect(running.app.get(AwaySessions).size).toBe(0);
  expect(running.app.get(ResumeMemory).bytes).toBe(0);
});

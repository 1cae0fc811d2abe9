import { Injectable } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import {
  BroadcastBus,
  CloseCode,
  type Connection,
  ConnectionRegistry,
  DrainService,
  MemoryRevocationStore,
  NodeIdentity,
  ResumeMemory,
  ResumeStore,
  RevocationService,
  RevocationStore,
  RoomPolicy,
  SecureGateway,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { AwaySessions } from '../../src/connection/resume/away-sessions.js';
import { ResumableSessions } from '../../src/connection/resume/resumable-sessions.js';
import { ManualClock } from '../support/manual-clock.js';
import { connectResuming, cut, type Resume, type Resuming, until } from '../support/resuming.js';
import { RoomGateway } from '../support/room.gateway.js';
import { SharedLog, SharedLogBus } from '../support/shared-log.js';
import { SharedResumeStore, SharedSessions } from '../support/shared-sessions.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import type { TestClient } from '../support/test-client.js';

@SecureGateway({ path: '/other' })
class OtherGateway {
  @SubscribeMessage('nothing')
  nothing(): void {
    // Only its path matters.
  }
}

/** Lets nobody into what was closed, on any node. */
@Injectable()
class ClosedRooms extends RoomPolicy {
  static readonly closed = new Set<string>();
  /** What an answer waits for. */
  static gate: Promise<void> | undefined;
  static asked = 0;

  override canJoin(_connection: Connection, room: string): boolean | Promise<boolean> {
    ClosedRooms.asked++;
    const isOpen = (): boolean => !ClosedRooms.closed.has(room);
    return ClosedRooms.gate?.then(isOpen) ?? isOpen();
  }
}

interface Node {
  readonly running: RunningApp;
  readonly bus: SharedLogBus;
  readonly store: SharedResumeStore;
  readonly registry: ConnectionRegistry;
  readonly id: string;
}

let clock: ManualClock;
let log: SharedLog;
let shared: SharedSessions;
let revocations: RevocationStore;
let old: Node;
let next: Node;

async function node(options: WsSecurityOptions): Promise<Node> {
  const bus = new SharedLogBus(log);
  const running = await startApp({
    gateways: [RoomGateway, OtherGateway],
    clock,
    options: { resume: true, heartbeatIntervalMs: 86_400_000, maxConnectionsPerUser: 100, ...options },
    module: {
      providers: [
        { provide: RoomPolicy, useClass: ClosedRooms },
        { provide: BroadcastBus, useValue: bus },
        { provide: RevocationStore, useValue: revocations },
        {
          provide: ResumeStore,
          useFactory: ({ id }: NodeIdentity) => new SharedResumeStore(shared, id),
          inject: [NodeIdentity],
        },
      ],
    },
  });
  const { app } = running;
  return {
    running,
    bus,
    store: app.get(ResumeStore),
    registry: app.get(ConnectionRegistry),
    id: app.get(NodeIdentity).id,
  };
}

async function start(options: WsSecurityOptions = {}): Promise<void> {
  ClosedRooms.closed.clear();
  ClosedRooms.gate = undefined;
  ClosedRooms.asked = 0;
  clock = new ManualClock();
  log = new SharedLog();
  shared = new SharedSessions(clock);
  revocations = new MemoryRevocationStore(clock);
  old = await node(options);
  next = await node(options);
}

afterEach(async () => {
  ClosedRooms.gate = undefined;
  old.bus.release();
  next.bus.release();
  await Promise.all([old.running.close(), next.running.close()]);
});

const connect = (
  { running }: Node,
  offer?: { token: string; lastSeq: number },
  { path = '/ws', ...claims }: { path?: string; sub?: string; sid?: string } = {},
): Promise<Resuming> => connectResuming(running.url + path, offer, { sub: 'alice', ...claims });

/** A client of the old node, in a room. */
async function member(...rooms: string[]): Promise<Resuming> {
  const joined = await connect(old);
  for (const room of rooms) await joined.client.request('join', { room });
  return joined;
}

const away = ({ running }: Node): number => running.app.get(AwaySessions).size;

async function numbers(client: TestClient, count: number): Promise<[seq: unknown, data: unknown][]> {
  const frames = await Promise.all(Array.from({ length: count }, () => client.next()));
  return frames.map(({ seq, data }) => [seq, data]);
}

const upTo = (last: number, first = 1): [number, number][] =>
  Array.from({ length: last - first + 1 }, (_, n) => [first + n, first + n]);

/** A gate that is closed until the returned function is called. */
function gateOf(place: { gate: Promise<void> | undefined }): () => void {
  let open = (): void => undefined;
  place.gate = new Promise((resolve) => (open = resolve));
  return () => {
    place.gate = undefined;
    open();
  };
}

/** A push of a kind that reaches alice, or not. */
const PUSHES: readonly ((n: number) => Promise<void>)[] = [
  (n) => old.registry.sendToRoom('a', 'tick', n),
  (n) => next.registry.sendToUser('alice', 'tick', n),
  (n) => next.registry.broadcast('tick', n),
];
const FOREIGN: readonly (() => Promise<void>)[] = [
  () => old.registry.sendToRoom('b', 'tick', 'not for her'),
  () => next.registry.sendToUser('bob', 'tick', 'not for her'),
  () => next.registry.sendToUser('alice', 'tick', 'not for her', 'https://other.example'),
];

let pushed = 0;
async function push(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    pushed++;
    await PUSHES[pushed % PUSHES.length]?.(pushed);
    await FOREIGN[pushed % FOREIGN.length]?.();
  }
}

beforeEach(() => {
  pushed = 0;
});

describe('S5 S6 a session that goes on at another node misses nothing and hears nothing twice', () => {
  it('when all nodes have read the same', async () => {
    await start();
    const { client, resume } = await member('a');
    await push(2);
    expect(await numbers(client, 2)).toEqual(upTo(2));
    await cut(client, old.registry);
    await push(3);
    const back = await connect(next, { token: resume.token, lastSeq: 1 });
    expect(back.resume).toMatchObject({ seq: 5, recovered: true });
    expect(back.resume.token).not.toBe(resume.token);
    await push(3);
    expect(await numbers(back.client, 7)).toEqual(upTo(8, 2));
    expect([away(old), away(next)]).toEqual([0, 0]);
    expect(old.running.app.get(ResumableSessions).size).toBe(0);
    expect(old.running.app.get(ResumeMemory).bytes).toBe(0);
    await back.client.close();
  });

  it('when the new node has read more', async () => {
    await start();
    const { client, resume } = await member('a');
    await push(2);
    await cut(client, old.registry);
    old.bus.hold();
    await push(5);
    old.bus.step(2);
    const back = await connect(next, { token: resume.token, lastSeq: 0 });
    expect(back.resume).toMatchObject({ seq: 7, recovered: true });
    await push(2);
    expect(await numbers(back.client, 9)).toEqual(upTo(9));
    await back.client.close();
  });

  it('when the new node has read less', async () => {
    await start();
    const { client, resume } = await member('a');
    await push(2);
    await cut(client, old.registry);
    next.bus.hold();
    await push(5);
    const back = await connect(next, { token: resume.token, lastSeq: 0 });
    expect(back.resume).toMatchObject({ seq: 7, recovered: true });
    await push(2);
    next.bus.step(7);
    await push(2);
    next.bus.release();
    await push(1);
    expect(await numbers(back.client, 12)).toEqual(upTo(12));
    await back.client.close();
  });

  it('when it moves on from a node that has read less, and back', async () => {
    await start();
    const { client, resume } = await member('a');
    await cut(client, old.registry);
    next.bus.hold();
    await push(5);
    const there = await connect(next, { token: resume.token, lastSeq: 0 });
    next.bus.step(3);
    await cut(there.client, next.registry);
    await push(2);
    const back = await connect(old, { token: there.resume.token, lastSeq: 3 });
    expect(back.resume).toMatchObject({ seq: 7, recovered: true });
    await push(1);
    expect(await numbers(back.client, 5)).toEqual(upTo(8, 4));
    await back.client.close();
  });

  it('when pushes arrive while the bus is asked about what lies between', async () => {
    await start();
    const { client, resume } = await member('a');
    await cut(client, old.registry);
    old.bus.hold();
    await push(3);
    const open = gateOf(next.bus);
    const coming = connect(next, { token: resume.token, lastSeq: 0 });
    await until(() => away(next) === 1);
    await push(3);
    open();
    const back = await coming;
    expect(back.resume).toMatchObject({ seq: 6, recovered: true });
    await push(1);
    expect(await numbers(back.client, 7)).toEqual(upTo(7));
    await back.client.close();
  });

  it('when pushes arrive while its rooms are asked about', async () => {
    await start();
    const { client, resume } = await member('a');
    await cut(client, old.registry);
    await push(1);
    const open = gateOf(ClosedRooms);
    const coming = connect(next, { token: resume.token, lastSeq: 0 });
    await until(() => ClosedRooms.asked === 2);
    await push(2);
    open();
    const back = await coming;
    expect(back.resume).toMatchObject({ seq: 3, recovered: true });
    await push(1);
    expect(await numbers(back.client, 4)).toEqual(upTo(4));
    await back.client.close();
  });

  it('when its old line is dead without the old node knowing', async () => {
    await start();
    const { client, resume } = await member('a');
    await push(1);
    const back = await connect(next, { token: resume.token, lastSeq: 0 });
    expect(back.resume).toMatchObject({ seq: 1, recovered: true });
    expect((await client.closed).code).toBe(1006);
    await push(2);
    expect(await numbers(back.client, 3)).toEqual(upTo(3));
    await old.registry.whenEmpty();
    expect(away(old)).toBe(0);
    await back.client.close();
  });

  it('when many move to and fro between nodes that lag', async () => {
    await start({ resumeMaxMessages: 1000 });
    const moving = await Promise.all(Array.from({ length: 10 }, () => member('a')));
    const heard: unknown[][] = moving.map(() => []);
    let here = old;
    for (let round = 0; round < 8; round++) {
      const there = here === old ? next : old;
      await push(3);
      (round % 3 === 0 ? here : there).bus.hold();
      await push(3);
      (round % 3 === 0 ? here : there).bus.step(round);
      await Promise.all(
        moving.map(async ({ client, resume }, n) => {
          heard[n]?.push(...client.take());
          client.socket.terminate();
          const seen = heard[n]?.length ?? 0;
          moving[n] = await connect(there, { token: resume.token, lastSeq: seen });
          expect(moving[n]?.resume.recovered).toBe(true);
        }),
      );
      await push(2);
      for (const { bus } of [old, next]) bus.release();
      here = there;
    }
    for (const [n, { client }] of moving.entries()) {
      await until(() => {
        heard[n]?.push(...client.take());
        return (heard[n]?.length ?? 0) >= pushed;
      });
      expect(heard[n]).toEqual(upTo(pushed).map(([seq, data]) => ({ event: 'tick', data, seq })));
      await client.close();
    }
  });
});

describe('S5 S6 a client that comes to another node is told that nothing was recovered', () => {
  const broken = async (): Promise<Resume> => {
    const { client, resume } = await member('a');
    await push(1);
    await cut(client, old.registry);
    return resume;
  };
  const expectNew = async (
    offer: { token: string; lastSeq: number },
    claims?: { sub?: string; sid?: string; path?: string },
  ): Promise<void> => {
    const { client, resume } = await connect(next, offer, claims);
    expect(resume).toMatchObject({ recovered: false, seq: 0 });
    expect(client.take()).toEqual([]);
    client.socket.close(1000);
    await client.closed;
    await next.registry.whenEmpty();
    expect([away(next), next.running.app.get(ResumeMemory).bytes]).toEqual([0, 0]);
  };

  it('when the session is somebody else’s, who can have it still', async () => {
    await start();
    const { token } = await broken();
    await expectNew({ token, lastSeq: 0 }, { sub: 'mallory' });
    await expectNew({ token, lastSeq: 0 }, { path: '/other' });
    const back = await connect(next, { token, lastSeq: 0 });
    expect(back.resume).toMatchObject({ recovered: true, seq: 1 });
    await back.client.close();
  });

  it('when the token was used', async () => {
    await start();
    const { token } = await broken();
    const all = await Promise.all([old, next, next].map((one) => connect(one, { token, lastSeq: 0 })));
    expect(all.map(({ resume }) => resume.recovered).filter(Boolean)).toHaveLength(1);
    await Promise.all(all.map(({ client }) => client.close()));
  });

  it('when its node was killed', async () => {
    await start();
    const { token } = await broken();
    shared.kill(old.id);
    await expectNew({ token, lastSeq: 0 });
  });

  it('when what lies between is no longer known', async () => {
    await start();
    const { token } = await broken();
    old.bus.hold();
    await push(2);
    log.forget();
    await expectNew({ token, lastSeq: 0 });
  });

  it('when the bus fails', async () => {
    await start();
    const { token } = await broken();
    old.bus.hold();
    await push(2);
    next.bus.gate = Promise.reject(new Error('no bus'));
    await expectNew({ token, lastSeq: 0 });
    next.bus.gate = undefined;
  });

  it('when more was missed than is kept', async () => {
    await start({ resumeMaxMessages: 3 });
    const { token } = await broken();
    old.bus.hold();
    await push(3);
    await expectNew({ token, lastSeq: 0 });
  });

  it('when the number is none of the session', async () => {
    await start();
    const { token } = await broken();
    await expectNew({ token, lastSeq: 2 });
  });

  it('when the session was ended for good and its client has not answered yet', async () => {
    await start();
    const { client, resume } = await member('a');
    client.socket.pause();
    for (const one of old.registry) one.close(CloseCode.FORBIDDEN, 'kicked');
    await expectNew({ token: resume.token, lastSeq: 0 });
    client.socket.resume();
    expect((await client.closed).code).toBe(4403);
  });

  it.each([
    ['there', (): Node => next],
    ['where it was', (): Node => old],
  ])('when it was revoked meanwhile %s', async (_where, at) => {
    await start();
    const { client, resume } = await connect(old, undefined, { sub: 'alice', sid: 'first' });
    await cut(client, old.registry);
    await at().running.app.get(RevocationService).revokeSession('first');
    await expectNew({ token: resume.token, lastSeq: 0 }, { sub: 'alice', sid: 'second' });
  });

  it('when it was revoked while its rooms were asked about', async () => {
    await start();
    const { client, resume } = await connect(old, undefined, { sub: 'alice', sid: 'first' });
    await client.request('join', { room: 'a' });
    await cut(client, old.registry);
    const open = gateOf(ClosedRooms);
    const coming = expectNew({ token: resume.token, lastSeq: 0 }, { sub: 'alice', sid: 'second' });
    await until(() => ClosedRooms.asked === 2);
    await next.running.app.get(RevocationService).revokeSession('first');
    open();
    await coming;
  });

  it('S3 when the session has become too old', async () => {
    await start({ sessionMaxAgeMs: 10_000 });
    const { token } = await broken();
    clock.advance(9_000);
    const gate = gateOf(next.store);
    const coming = expectNew({ token, lastSeq: 0 });
    await until(() => next.registry.size === 1);
    clock.advance(900);
    gate();
    clock.advance(200);
    await coming;
  });
});

describe('S6 a node to which pushes are lost', () => {
  it.each([
    ['here', (): Node => old],
    ['elsewhere', (): Node => next],
  ])('says so to those who were there, and come back %s', async (_where, at) => {
    await start();
    const [here, gone] = [await member('a'), await member('a')];
    await cut(gone.client, old.registry);
    old.bus.gap();
    await push(1);
    expect(await numbers(here.client, 1)).toEqual(upTo(1));
    for (const { resume } of [here, gone]) {
      const back = await connect(at(), { token: resume.token, lastSeq: 1 });
      expect(back.resume).toMatchObject({ seq: 0, recovered: false });
      const again = await connect(at(), { token: back.resume.token, lastSeq: 0 });
      expect(again.resume.recovered).toBe(true);
      await again.client.close();
    }
  });

  it('says so to those who come while it happens', async () => {
    await start();
    const { client, resume } = await member('a');
    await cut(client, old.registry);
    old.bus.hold();
    await push(1);
    const open = gateOf(next.bus);
    const coming = connect(next, { token: resume.token, lastSeq: 0 });
    await until(() => away(next) === 1);
    next.bus.gap();
    open();
    const back = await coming;
    expect(back.resume).toMatchObject({ seq: 0, recovered: false });
    await back.client.close();
  });

  it('leaves none of its sessions to others', async () => {
    await start();
    const { client } = await member('a');
    old.bus.gap();
    await old.running.close();
    expect((await client.closed).code).toBe(1012);
    expect(shared.left.size).toBe(0);
  });
});

it('S3 the age of a session counts from its first connection, over nodes', async () => {
  await start({ sessionMaxAgeMs: 3000 });
  const { client, resume } = await member('a');
  clock.advance(2000);
  await cut(client, old.registry);
  const back = await connect(next, { token: resume.token, lastSeq: 0 });
  expect(back.resume.recovered).toBe(true);
  clock.advance(1100);
  expect((await back.client.closed).code).toBe(4440);
});

it('Z3 rooms are asked about anew at the new node, and what was said in closed ones is not replayed', async () => {
  await start();
  const { client, resume } = await member('a', 'b');
  await cut(client, old.registry);
  await old.registry.sendToRoom('a', 'tick', 'kept');
  await old.registry.sendToRoom('b', 'tick', 'kept');
  old.bus.hold();
  await old.registry.sendToRoom('a', 'tick', 'between');
  await old.registry.sendToRoom('b', 'tick', 'between');
  ClosedRooms.closed.add('a');
  const back = await connect(next, { token: resume.token, lastSeq: 0 });
  expect(back.resume).toMatchObject({ seq: 4, recovered: true });
  await next.registry.sendToRoom('a', 'tick', 'new');
  await next.registry.sendToRoom('b', 'tick', 'new');
  expect(await numbers(back.client, 3)).toEqual([
    [2, 'kept'],
    [4, 'between'],
    [5, 'new'],
  ]);
  await back.client.close();
});

describe('S8 a node that stops leaves its sessions to the others', () => {
  it('those whose clients were away, and those it has sent away', async () => {
    await start();
    const [gone, here] = [await member('a'), await member('a')];
    await cut(gone.client, old.registry);
    await push(2);
    expect(await numbers(here.client, 2)).toEqual(upTo(2));
    await old.running.close();
    expect((await here.client.closed).code).toBe(1012);
    shared.kill(old.id);
    expect(shared.left.size).toBe(2);
    await next.registry.broadcast('tick', 3);
    for (const { resume } of [gone, here]) {
      const back = await connect(next, { token: resume.token, lastSeq: 0 });
      expect(back.resume).toMatchObject({ seq: 3, recovered: true });
      expect(await numbers(back.client, 3)).toEqual(upTo(3));
      await back.client.close();
    }
    expect(shared.left.size).toBe(0);
  });

  it('for as long as it would have kept them', async () => {
    await start({ resumeTtlMs: 10_000 });
    const { client, resume } = await member('a');
    await cut(client, old.registry);
    clock.advance(6000);
    await old.running.close();
    clock.advance(4100);
    const back = await connect(next, { token: resume.token, lastSeq: 0 });
    expect(back.resume.recovered).toBe(false);
    await back.client.close();
  });

  it('but not those that have ended', async () => {
    await start();
    const { client } = await member('a');
    client.socket.close(1000);
    await client.closed;
    await old.registry.whenEmpty();
    await old.running.close();
    expect(shared.left.size).toBe(0);
  });

  it('and waits no longer for the store than the drain may take', async () => {
    await start({ drainTimeoutMs: 5000 });
    const { client } = await member('a');
    await cut(client, old.registry);
    let isLeaving = false;
    const leave = old.store.leave.bind(old.store);
    old.store.leave = () => {
      isLeaving = true;
      return new Promise(() => undefined);
    };
    const closing = old.running.close();
    await until(() => isLeaving);
    clock.advance(5100);
    await closing;
    old.store.leave = leave;
  });

  it('and recycling leaves nothing: the node goes on', async () => {
    await start();
    const { client, resume } = await member('a');
    await old.running.app.get(DrainService).recycle();
    expect((await client.closed).code).toBe(1012);
    expect([shared.left.size, away(old)]).toEqual([0, 1]);
    const back = await connect(old, { token: resume.token, lastSeq: 0 });
    expect(back.resume.recovered).toBe(true);
    await back.client.close();
  });
});

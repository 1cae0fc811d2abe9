import assert from 'node:assert/strict';
import { SkipThrottle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { RevocationService, SecureGateway, TicketService, type WsSecurityOptions } from 'nestjs-ws-security';
import type { RedisLink } from '../../src/redis/link/redis-link.js';
import { within } from '../../src/time/deadline.js';
import { REDIS_RUNTIME } from '../../src/ws-security.stores.js';
import { registryOf } from './busy-nodes.js';
import { retainedBytes } from './retained-bytes.js';
import { countRetained, type RetainedCounts } from './retained-elements.js';
import { RedisNode } from './redis-nodes.js';
import { RoomGateway } from './room.gateway.js';
import { TestClient } from './test-client.js';
import { tokenPrincipal } from './token-principal.js';

/** Messages of a user in a window, and connections. */
export const LIMIT = 20;
export const CAP = 4;

const USERS = 10;
/** What each node is asked to do in a round. */
const MESSAGES_EACH = 15;
const PUSHES = 300;
/** More than may be under way. */
const TICKETS = 600;
const OTHERS = 20;
const ROOMS = 8;
const TEXT = 'x'.repeat(10_240);
const MANY = 1_000_000;
/** What the client of Redis keeps of calls, which are counted otherwise, and pushes that were read: they are bounded in bytes. */
const NOT_COUNTED = /^(?:Command|Denque|BatchLog)|broadcasts/;
/** What was pushed to members of one node alone does not come later. Each attempt waits so much longer. */
const WELL_MS = 1000;
/** Of this much more than before it does not matter how many bytes are garbage. */
const LITTLE_BYTES = 1024 * 1024;
const OPTIONS: WsSecurityOptions = {
  rateLimit: LIMIT,
  rateTtlMs: 60_000,
  redisLimits: 'exact',
  redisNodeTtlMs: 3000,
  maxConnectionsPerUser: CAP,
  // Everything that a client sends is asked about at once.
  maxInFlight: 1000,
  connectRateLimit: MANY,
  authFailureLimit: MANY,
  frameRate: MANY,
  frameBurst: MANY,
  byteRate: 100 * MANY,
  strikeLimit: MANY,
};

class TextDto {
  @IsString()
  text!: string;
}

@SecureGateway({ path: '/ws' })
class Gateway extends RoomGateway {
  @SubscribeMessage('counted')
  counted(@MessageBody() { text }: TextDto): string {
    return text;
  }

  @SkipThrottle()
  @SubscribeMessage('free')
  free(): string {
    return 'free';
  }
}

/** What is kept, and by whom. */
export interface Retained {
  readonly bytes: number;
  readonly counts: RetainedCounts;
}

/** Two nodes with different policies that are asked for everything which needs Redis. */
export class LoadedNodes {
  /** Who does nothing that needs Redis: one at each node. */
  bystanders: TestClient[] = [];
  users: TestClient[] = [];
  /** The most calls to Redis that a node waited for. */
  mostCalls = 0;
  /** The most that were not answered, those that were given up included. */
  mostUnanswered = 0;
  private names = 0;
  private wellAttempts = 0;
  private lastBytes = 0;
  private watch: NodeJS.Timeout | undefined;

  private constructor(readonly all: readonly [RedisNode, RedisNode]) {}

  static async start(redis: { url: string }): Promise<LoadedNodes> {
    const start = (redisOutage: 'local' | 'deny'): Promise<RedisNode> =>
      RedisNode.start(redis, { gateways: [Gateway], options: { ...OPTIONS, redisOutage } });
    return new LoadedNodes(await Promise.all([start('local'), start('deny')]));
  }

  /** Lets clients in, and begins to count calls. If one is refused, none of them stays. */
  async begin(): Promise<void> {
    const names = Array.from({ length: USERS }, () => `user-${++this.names}`);
    try {
      await letIn(
        this.bystanders,
        this.all.map((node) => node.connect('bystander')),
      );
      await letIn(
        this.users,
        this.all.flatMap((node) => names.map((name) => node.connect(name))),
      );
    } catch (error) {
      await this.end();
      throw error;
    }
    this.mostCalls = this.mostUnanswered = 0;
    const links = this.all.map(linkOf);
    this.watch = setInterval(() => {
      for (const [calls, unanswered] of links.map(callsOf)) {
        this.mostCalls = Math.max(this.mostCalls, calls);
        this.mostUnanswered = Math.max(this.mostUnanswered, unanswered);
      }
    }, 1);
  }

  /** Lets them go, and counts no more. */
  async end(): Promise<void> {
    clearInterval(this.watch);
    const clients = [...this.bystanders.splice(0), ...this.users.splice(0)];
    for (const { socket } of clients) socket.terminate();
    await Promise.all(clients.map(({ closed }) => closed));
  }

  /** One message of each user, which is counted. @returns the answers */
  count(): Promise<unknown>[] {
    return this.users.map((user) => user.request('counted', { text: 'x' }));
  }

  /** Everything at once that asks Redis. Nobody waits for it. */
  load(): void {
    const frame = JSON.stringify({ event: 'counted', data: { text: TEXT.slice(0, 1024) } });
    for (const { socket } of this.users) {
      // The answers are of no interest, and would be kept.
      socket.removeAllListeners('message');
      for (let n = 0; n < MESSAGES_EACH; n++) socket.send(frame);
    }
    for (const node of this.all) this.loadNode(node);
  }

  /** @param enough with so few bytes it does not matter how many of them are garbage */
  async measure(enough?: number): Promise<Retained> {
    const counts = this.counts();
    if (enough !== undefined) return { bytes: await retainedBytes(enough), counts };
    this.lastBytes = await retainedBytes(this.lastBytes + LITTLE_BYTES);
    return { bytes: this.lastBytes, counts };
  }

  /** What is kept, without its bytes: those take a collection of all garbage. */
  counts(): RetainedCounts {
    const counts: RetainedCounts = {};
    for (const { running } of this.all)
      for (const [name, count] of Object.entries(countRetained(running.app)))
        if (!NOT_COUNTED.test(name)) counts[name] = (counts[name] ?? 0) + count;
    return counts;
  }

  /** Fails unless what is promised of two nodes holds now: caps, limits, pushes, tickets and revocations. */
  async expectWell(): Promise<void> {
    const sub = `well-${++this.names}`;
    const attempts = Array.from({ length: 2 * CAP }, (_, n) => (this.all[n % 2] as RedisNode).connect(sub));
    const outcomes = await Promise.allSettled(attempts);
    const clients = outcomes.flatMap((each) => (each.status === 'fulfilled' && each.value) || []);
    try {
      assert.equal(clients.length, CAP);
      await within(++this.wellAttempts * WELL_MS, this.expectService(sub, clients));
      this.wellAttempts = 0;
    } finally {
      for (const { socket } of clients) socket.terminate();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((node) => node.close()));
  }

  private async expectService(sub: string, clients: readonly TestClient[]): Promise<void> {
    const [one, other] = this.all;
    for (const client of clients) await client.request('join', { room: sub });
    const answers = (await Promise.all(clients.map((client) => answersOf(client, LIMIT / 2)))).flat();
    assert.equal(answers.filter((answer) => answer === 'counted').length, LIMIT - CAP);
    await registryOf(one).sendToRoom(sub, 'room', 'text');
    for (const client of clients) assert.equal((await client.next()).event, 'room');
    const ticket = await one.running.app.get(TicketService).issue(principal('well'));
    await (await TestClient.connect(`${other.url}/ws?ticket=${ticket}`)).close();
    await one.running.app.get(RevocationService).revokeUser(sub, null);
    for (const { closed } of clients) assert.equal((await closed).code, 4403);
  }

  private loadNode(node: RedisNode): void {
    const { app } = node.running;
    const [registry, tickets, revocations] = [
      registryOf(node),
      app.get(TicketService),
      app.get(RevocationService),
    ];
    const ignore = (work: Promise<unknown>): void => void work.catch(() => undefined);
    for (let n = 0; n < PUSHES; n++) ignore(registry.sendToRoom(`room-${n % ROOMS}`, 'room', `${n} ${TEXT}`));
    for (let n = 0; n < TICKETS; n++) ignore(tickets.issue(principal(`ticket-${n}`)));
    for (let n = 0; n < OTHERS; n++) {
      ignore(revocations.revokeUser(`revoked-${n}`, null));
      ignore(registry.kick(`kicked-${n}`));
      ignore(node.connect(`visitor-${n}`).then((client) => client.close()));
    }
  }
}

/** Adds those that are let in. @throws what refused one of the others */
async function letIn(clients: TestClient[], attempts: readonly Promise<TestClient>[]): Promise<void> {
  const outcomes = await Promise.allSettled(attempts);
  clients.push(...outcomes.flatMap((each) => (each.status === 'fulfilled' ? each.value : [])));
  for (const each of outcomes) if (each.status === 'rejected') throw each.reason;
}

/** The events of the answers to so many messages, one after the other. */
async function answersOf(client: TestClient, count: number): Promise<string[]> {
  const events: string[] = [];
  while (events.length < count) events.push((await client.request('counted', { text: 'x' })).event);
  return events;
}

const principal = (id: string): ReturnType<typeof tokenPrincipal> => tokenPrincipal(id, Date.now() + 60_000);

function linkOf({ running }: RedisNode): RedisLink {
  return running.app.get<{ node: { link: RedisLink } }>(REDIS_RUNTIME).node.link;
}

function callsOf(link: RedisLink): [calls: number, unanswered: number] {
  const { lanes } = link as unknown as {
    lanes: {
      of(partition: unknown): { inFlight: number };
      keeper: { line?: { client: { commandQueue: { length: number } } } };
    };
  };
  return [lanes.of(link.control).inFlight, lanes.keeper.line?.client.commandQueue.length ?? 0];
}

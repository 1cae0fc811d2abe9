import { SubscribeMessage } from '@nestjs/websockets';
import {
  ConnectionRegistry,
  CurrentPrincipal,
  type Principal,
  RevocationService,
  SecureGateway,
  type SecurityEventType,
  TicketService,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { RedisNode } from './redis-nodes.js';
import type { RedisServer } from './redis-server.js';
import { RoomGateway } from './room.gateway.js';
import { connectResuming, type Resuming } from './resuming.js';
import { TestClient } from './test-client.js';

@SecureGateway({ path: '/ws' })
class Gateway extends RoomGateway {
  @SubscribeMessage('echo')
  echo(): string {
    return 'echo';
  }

  @SubscribeMessage('roles')
  roles(@CurrentPrincipal() { roles }: Principal): string {
    return roles.join();
  }
}

const ROOM = 'lobby';
const OPTIONS: WsSecurityOptions = {
  connectRateLimit: 100_000,
  authFailureLimit: 100_000,
  frameRate: 100_000,
  frameBurst: 100_000,
  strikeLimit: 100_000,
  resume: true,
};

/** A member of a room, and what was pushed to it. */
export class Member {
  readonly pushes: unknown[] = [];

  private constructor(
    readonly session: Resuming,
    pushes: readonly unknown[],
  ) {
    this.pushes.push(...pushes);
    void this.read();
  }

  /** @param before the member whose session it goes on with */
  static async join({ url }: RedisNode, sub: string, before?: Member): Promise<Member> {
    const offer = before && { token: before.session.resume.token, lastSeq: before.pushes.length };
    const session = await connectResuming(`${url}/ws`, offer, { sub });
    const { recovered } = session.resume;
    if (!recovered) await session.client.request('join', { room: ROOM });
    return new Member(session, recovered ? (before as Member).pushes : []);
  }

  /** Resolves when it has got so many pushes. */
  async got(count: number): Promise<unknown[]> {
    while (this.pushes.length < count) await pause(5);
    return this.pushes;
  }

  private async read(): Promise<void> {
    for (;;) this.pushes.push((await this.session.client.next()).data);
  }
}

/** Two applications over one Redis, and what tests of outages do with them. */
export class BusyNodes {
  private constructor(readonly all: readonly [RedisNode, RedisNode]) {}

  /** @param urls of Redis, one for each node */
  static async start(
    redis: RedisServer,
    options: WsSecurityOptions,
    urls: readonly string[] = [],
  ): Promise<BusyNodes> {
    const start = (index: number): Promise<RedisNode> =>
      RedisNode.start(redis, {
        gateways: [Gateway],
        options: { ...OPTIONS, redisUrl: urls[index] ?? redis.url, ...options },
      });
    const [one, other] = await Promise.all([start(0), start(1)]);
    return new BusyNodes([one, other]);
  }

  get one(): RedisNode {
    return this.all[0];
  }

  get other(): RedisNode {
    return this.all[1];
  }

  /** How many of so many messages of a user are accepted, sent to both nodes at once. */
  async accepted(sub: string, each: number): Promise<number> {
    const answers = await this.answers(sub, each);
    return answers.filter((answer) => answer === 'echo').length;
  }

  /** What messages are answered: `echo`, or the code of the error. */
  async answers(sub: string, each: number): Promise<unknown[]> {
    const ofNode = async (node: RedisNode): Promise<unknown[]> => {
      const client = await node.connect(sub);
      const answers = await answersTo(client, each);
      await client.close();
      return answers;
    };
    return (await Promise.all(this.all.map(ofNode))).flat();
  }

  /** With how many of ten attempts at both nodes a ticket succeeds. */
  async taken(ticket: string): Promise<number> {
    const attempts = Array.from({ length: 10 }, (_, n) =>
      TestClient.connect(`${(this.all[n % 2] as RedisNode).url}/ws?ticket=${ticket}`).then(
        () => 1,
        () => 0,
      ),
    );
    const counts: number[] = await Promise.all(attempts);
    return counts.reduce((sum, n) => sum + n, 0);
  }

  ticket(id: string): Promise<string> {
    return this.one.running.app.get(TicketService).issue(principalOf(id));
  }

  /** Pushes numbers to the room, each from the other node than the one before, as soon as they are stored. */
  async push(from: number, count: number): Promise<void> {
    for (let n = from; n < from + count; n++)
      await registryOf(this.all[n % 2] as RedisNode).sendToRoom(ROOM, 'room', n);
  }

  revocations(node: RedisNode): RevocationService {
    return node.running.app.get(RevocationService);
  }

  /** How long after a revocation on the first node the connections of both nodes are closed, in milliseconds. */
  async revokedAfter(sub: string): Promise<number> {
    const clients = await Promise.all(this.all.map((node) => node.connect(sub)));
    const startedAt = performance.now();
    await this.revocations(this.one).revokeUser(sub, null);
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code));
    if (codes.some((code) => code !== 4403)) throw new Error(`closed with ${codes.join(', ')}`);
    return performance.now() - startedAt;
  }

  /** Resolves when both have told so since they were last made to forget. */
  async heard(type: SecurityEventType): Promise<void> {
    await Promise.all(this.all.map((node) => node.heard(type)));
  }

  forget(): void {
    for (const node of this.all) node.forget();
  }

  told(type: SecurityEventType): boolean {
    return this.all.some((node) => node.told.some((event) => event.type === type));
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((node) => node.close()));
  }
}

/** What so many messages at once are answered: `echo`, or the code of the error. */
export async function answersTo(client: TestClient, count: number): Promise<unknown[]> {
  for (let id = 1; id <= count; id++) client.send({ event: 'echo', id });
  const answers: unknown[] = [];
  while (answers.length < count) {
    const { event, data } = await client.next();
    answers.push(event === 'echo' ? event : data?.['code']);
  }
  return answers;
}

export function registryOf({ running }: RedisNode): ConnectionRegistry {
  return running.app.get(ConnectionRegistry);
}

function principalOf(id: string): Principal {
  const rights = { kind: 'token', roles: [], scopes: [], claims: {} } as const;
  return { id, issuer: null, ...rights, expiresAt: null, sessionId: null };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
export const numbers = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, n) => from + n);

import { Throttle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import {
  type Connection,
  ConnectionRegistry,
  CurrentConnection,
  CurrentPrincipal,
  type Principal,
  RevocationService,
  SecureGateway,
  TicketService,
  type WsSecurityOptions,
} from 'nestjs-ws-security';
import { RedisNode } from './redis-nodes.js';
import type { AppOptions } from './start-app.js';
import type { TestClient } from './test-client.js';

export const FEW = 5;
export const MANY = 60;
export const MANY_TTL_MS = 1000;
/** Connections of a user. */
export const CONNECTIONS = 10;

class RoomDto {
  @IsString()
  room!: string;
}

/** When messages of users were accepted, by `user`: milliseconds since the start of the process. */
const accepted = new Map<string, number[]>();

@SecureGateway({ path: '/ws' })
class JointGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('join')
  join(@MessageBody() { room }: RoomDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }

  @Throttle({ default: { limit: 1_000_000, ttl: 60_000 } })
  @SubscribeMessage('echo')
  echo(): string {
    return 'echo';
  }

  @Throttle({ default: { limit: FEW, ttl: 60_000 } })
  @SubscribeMessage('few')
  few(): string {
    return 'few';
  }

  @Throttle({ default: { limit: MANY, ttl: MANY_TTL_MS } })
  @SubscribeMessage('many')
  many(@CurrentPrincipal() { id }: Principal): string {
    const times = accepted.get(String(id));
    if (times) times.push(performance.now());
    else accepted.set(String(id), [performance.now()]);
    return 'many';
  }
}

/** When `many` of a user were accepted on any node: milliseconds since the start of the process. */
export function acceptedOf(user: string): readonly number[] {
  return accepted.get(user) ?? [];
}

const OPTIONS: WsSecurityOptions = {
  rateLimit: 100_000,
  frameRate: 100_000,
  frameBurst: 100_000,
  strikeLimit: 1_000_000,
  maxConnectionsPerUser: CONNECTIONS,
  maxConnectionsPerAddress: 10_000,
  connectRateLimit: 10_000,
  resume: true,
  drainTimeoutMs: 1000,
};

/** Two applications over one Redis, of which a test needs no others. Each case takes users and rooms of its own. */
export class JointService {
  private constructor(
    readonly one: RedisNode,
    readonly other: RedisNode,
  ) {}

  /** @param url of Redis */
  static async start(url: string, options: WsSecurityOptions = {}): Promise<JointService> {
    const [one, other] = [await JointService.node(url, options), await JointService.node(url, options)];
    return new JointService(one, other);
  }

  /** One more application of the same kind. */
  static node(
    url: string,
    options: WsSecurityOptions = {},
    beforeInit?: AppOptions['beforeInit'],
  ): Promise<RedisNode> {
    const config = { gateways: [JointGateway], options: { ...OPTIONS, ...options } };
    return RedisNode.start({ url }, { ...config, ...(beforeInit && { beforeInit }) });
  }

  get nodes(): readonly [RedisNode, RedisNode] {
    return [this.one, this.other];
  }

  registry(node: RedisNode): ConnectionRegistry {
    return node.running.app.get(ConnectionRegistry);
  }

  revocations(node: RedisNode): RevocationService {
    return node.running.app.get(RevocationService);
  }

  /** A new ticket of a user. */
  ticket(node: RedisNode, id: string): Promise<string> {
    const rest = { kind: 'token', roles: [], scopes: [], claims: {}, expiresAt: null } as const;
    return node.running.app.get(TicketService).issue({ id, issuer: null, sessionId: null, ...rest });
  }

  /** A client of a user on each node. */
  both(user: string): Promise<TestClient[]> {
    return Promise.all(this.nodes.map((node) => node.connect(user)));
  }

  /** Resolves when both have told so since the last `forget()`. */
  async heard(type: Parameters<RedisNode['heard']>[0]): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.heard(type)));
  }

  forget(): void {
    for (const node of this.nodes) node.forget();
  }

  /** Resolves when every outage that was told has been told to be over. */
  async healed(): Promise<void> {
    while (!this.nodes.every(isHealed)) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Whether one of the nodes has told so since the last `forget()`. */
  hasTold(type: string): boolean {
    return this.nodes.some(({ told }) => told.some((event) => event.type === type));
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }
}

function isHealed({ told }: RedisNode): boolean {
  const isDown = new Map<unknown, boolean>();
  for (const event of told)
    if (event.type === 'cluster.up' || event.type === 'cluster.down')
      isDown.set(event.partition, event.type === 'cluster.down');
  return ![...isDown.values()].includes(true);
}

/** How many of so many messages at once are accepted. */
export async function acceptedAtOnce(client: TestClient, event: string, count: number): Promise<number> {
  for (let id = 1; id <= count; id++) client.send({ event, id });
  let answers = 0;
  for (let i = 0; i < count; i++) if ((await client.next()).event === event) answers++;
  return answers;
}

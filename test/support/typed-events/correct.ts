import { Injectable, UseInterceptors, type CallHandler, type NestInterceptor } from '@nestjs/common';
import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import {
  type Connection,
  type ConnectionRegistry,
  CurrentConnection,
  CurrentPrincipal,
  onEvent,
  type Principal,
  SecureGateway,
  WsScopes,
} from 'nestjs-ws-security';
import {
  type ErrorBody,
  type Jsonified,
  type PushOf,
  type ReplyOf,
  RequestError,
  WsClient,
} from 'nestjs-ws-security/client';
import { Observable, of } from 'rxjs';
import { type ChatEvents, type Message, Rename } from './contract.js';

class SendDto {
  room!: string;
  text!: string;
}

class JoinDto {
  room!: string;
}

class SearchDto {
  text?: string;
}

/** Structurally the `WebSocket` of `ws`. */
interface Socket {
  readonly readyState: 0 | 1 | 2 | 3;
  send(data: string | Uint8Array, done?: (error?: Error) => void): void;
  close(code?: number, data?: string | Uint8Array): void;
}

class Tenant {
  name = 'acme';
}

class Unchanged implements NestInterceptor {
  intercept(_context: unknown, next: CallHandler): Observable<unknown> {
    return next.handle();
  }
}

const message: Message = { id: '1', text: 'hi', at: new Date() };
const On = onEvent<ChatEvents>();
const OnTenant = onEvent<ChatEvents, Tenant>();

@Injectable()
@UseInterceptors(Unchanged)
@SecureGateway({ path: '/ws' })
export class Gateway {
  constructor(private readonly registry: ConnectionRegistry) {}

  @WsScopes('chat:write')
  @On('chat.send')
  send(@MessageBody() { room }: SendDto, @CurrentConnection() connection: Connection): Promise<void> {
    connection.typed<ChatEvents>().push('chat.closed', { reason: 'idle' });
    return this.registry.typed<ChatEvents>().sendToRoom(room, 'chat.message', message, connection);
  }

  @On('chat.send')
  bodyLast(
    @CurrentPrincipal() _principal: Principal,
    @ConnectedSocket() _socket: Socket,
    @MessageBody() _body: SendDto,
  ): void {}

  @On('chat.send')
  parts(
    @CurrentPrincipal() _principal: Pick<Principal, 'id' | 'roles'>,
    @MessageBody() _body: SendDto,
  ): null {
    return null;
  }

  @On('chat.send')
  byPosition(_socket: Socket, _body: SendDto): undefined {
    return undefined;
  }

  @OnTenant('chat.join')
  join(tenant: Tenant, @MessageBody() _body: JoinDto, _more?: Tenant): void {
    tenant.name = '';
  }

  @On('chat.search')
  async search(@MessageBody() _body: SearchDto): Promise<Message[]> {
    return Promise.resolve([message]);
  }

  @On('chat.search')
  searched(@MessageBody() _body: SearchDto): Observable<Message[]> {
    return of([message]);
  }

  @On('chat.first')
  first(): Message | null {
    return null;
  }

  @On('chat.first')
  async firstOrNothing(): Promise<Message | undefined> {
    return Promise.resolve(undefined);
  }

  @On('chat.follow')
  follow(@MessageBody() _body: JoinDto): Observable<Message> {
    return of(message);
  }

  @On('chat.follow')
  async followLater(@MessageBody() _body: JoinDto): Promise<Observable<Message>> {
    return Promise.resolve(of(message));
  }

  @On('chat.leave')
  leave(@CurrentConnection() connection: Connection): void {
    connection.terminate();
  }

  @On('chat.rename')
  rename(@MessageBody() { from }: Rename): { at: Date } {
    return { at: from };
  }
}

export async function pushes(registry: ConnectionRegistry): Promise<number> {
  const typed = registry.typed<ChatEvents>();
  await typed.broadcast('chat.closed', { reason: 'idle' });
  await typed.sendToUser('alice', 'chat.message', message, null);
  for (const connection of typed) connection.push('anything', 1);
  return typed.kick('alice');
}

type Wire = { id: string; text: string; at: string; tags?: Record<string, never> };

export async function typedClient(client: WsClient<ChatEvents>, abort: AbortSignal): Promise<void> {
  const nothing: null = await client.request('chat.send', { room: 'a', text: 'b' });
  const joined: null = await client.request('chat.join', { room: 'a' }, { timeoutMs: 5, signal: abort });
  const found: Wire[] = await client.request('chat.search');
  const again: Wire[] = await client.request('chat.search', {}, { timeoutMs: 5 });
  const first: Wire | null = await client.request('chat.first');
  const later: Wire | null = await client.request('chat.first', undefined, { timeoutMs: 5 });
  const streamed: Wire | null = await client.request('chat.follow', { room: 'a' });
  const { at }: { at: string } = await client.request('chat.rename', { name: 'a', from: '2026-01-01' });
  const sent: boolean = client.send('chat.leave') && client.send('chat.join', { room: 'a' });
  client.onPush('chat.message', ({ id, at: time }: Wire) => [id, time.length]);
  client.onPush('chat.closed', ({ reason }) => reason === 'kicked');
  client.onPush('chat.follow', (each) => each.text);
  client.on('problem', ({ code }: ErrorBody) => code === 'REJECTED');
  return void [nothing, joined, found, again, first, later, streamed, at, sent];
}

/** Everything that compiled before there were contracts. */
export async function untypedClient(url: string): Promise<unknown[]> {
  const client: WsClient = new WsClient({ url });
  const one = await client.request<{ text: string }>('echo', { text: 'hi' });
  const inferred: number = await client.request('count');
  client.onPush<{ text: string }>('said', ({ text }) => text);
  client.onPush('said', (data: string) => data);
  client.onPush('said', (data) => data);
  const name: string = await Promise.resolve('any');
  await client.request(name, 5, { timeoutMs: 1 }).catch((error: unknown) => {
    if (error instanceof RequestError) throw error;
  });
  return [one.text, inferred, client.send(name), client.send('a', {})];
}

export class Own extends WsClient {
  override send(event: string, data?: unknown): boolean {
    return super.send(event, data);
  }
}

export class OwnTyped extends WsClient<ChatEvents> {
  join(room: string): Promise<null> {
    return this.request('chat.join', { room });
  }
}

export const takesAnyClient = (client: Pick<WsClient, 'connect' | 'on'>): Promise<void> => client.connect();
export const passesIt = (client: WsClient<ChatEvents>): Promise<void> => takesAnyClient(client);
export const push: Jsonified<PushOf<ChatEvents, 'chat.message'>> = { id: '', text: '', at: '' };
export const reply: ReplyOf<ChatEvents, 'chat.first'> = null;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/* oxlint-disable typescript/no-unnecessary-type-parameters -- the only way to compare types exactly */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/* oxlint-enable typescript/no-unnecessary-type-parameters */
interface Everything {
  date: Date;
  url: URL;
  map?: Map<string, number>;
  list: (Date | undefined)[];
  pair: readonly [Date, number];
  bytes: Uint8Array;
  method(): void;
  literal: 'a' | 'b' | null;
  maybe: string | undefined;
  anything: any; // oxlint-disable-line typescript/no-explicit-any -- stays as it is
  something: unknown;
  nested: { at: Date }[];
}
interface OnTheWire {
  date: string;
  url: string;
  map?: Record<string, never>;
  list: (string | null)[];
  pair: readonly [string, number];
  bytes: Record<string, number>;
  literal: 'a' | 'b' | null;
  maybe: string | undefined;
  anything: any; // oxlint-disable-line typescript/no-explicit-any -- stays as it is
  something: unknown;
  nested: { at: string }[];
}
export const json: [
  Same<Jsonified<Everything>, { [Key in keyof OnTheWire]: OnTheWire[Key] }>,
  Same<Jsonified<Date>, string>,
  Same<Jsonified<boolean>, boolean>,
  Same<Jsonified<{ at?: Date }>, { at?: string }>,
] = [true, true, true, true];
export const toJson = (value: Jsonified<Json>): Json => value;
export const fromJson = (value: Json): Jsonified<Json> => value;

interface Tree {
  name: string;
  at: Date;
  children: Tree[];
}
export const nameOfChild = (tree: Jsonified<Tree>): string => tree.children[0]?.children[0]?.at ?? '';

import type { Cluster, Redis } from 'ioredis';
import type { ScriptArgument } from './redis-port.js';
import type { LineListener, RedisLine } from './redis-line.js';
import { reasonOfLine } from './reply-error.js';
import { SentinelWatch } from './sentinel-watch.js';

/** A client of `ioredis`: to one server, or to a Cluster. */
export type RedisClient = Redis | Cluster;

/** A line that a client of `ioredis` keeps, which nobody else uses. */
export class IoredisLine implements RedisLine {
  readonly ready: Promise<void>;
  /** The last thing that went wrong: what closes a connection does not say why. */
  private failure: unknown;
  private isClosed = false;
  private readonly watch: SentinelWatch | undefined;

  /** @param onSwitched is told which Sentinel said that another server is master now */
  constructor(
    private readonly client: RedisClient,
    listener: LineListener,
    onSwitched: (sentinel: object) => void = () => undefined,
  ) {
    const note = (error: unknown): void => void (this.failure = lastOf(error));
    client.on('error', note);
    client.on('node error', note);
    client.on('end', () => {
      if (this.isClosed) return;
      this.isClosed = true;
      this.watch?.close();
      listener.onClosed(reasonOfLine(this.failure));
    });
    if (client.isCluster) client.on('refresh', () => listener.onRefreshed?.());
    if (client.isCluster) client.on('+node', letProcessEnd);
    else letProcessEnd(client as Redis);
    if (!client.isCluster)
      this.watch = new SentinelWatch(client as Redis, (sentinel) => {
        if (this.isClosed) return;
        onSwitched(sentinel);
        this.close();
        listener.onClosed('replica');
      });
    this.ready = this.open();
  }

  call(command: string, args: readonly ScriptArgument[], binary: boolean): Promise<unknown> {
    const reply = binary
      ? this.client.callBuffer(command, args as ScriptArgument[])
      : this.client.call(command, args as ScriptArgument[]);
    return reply.catch(throwWithoutArguments);
  }

  close(): void {
    this.isClosed = true;
    this.watch?.close();
    this.client.disconnect();
    // `disconnect` waits for the other side, which may be gone.
    for (const node of this.client.isCluster ? (this.client as Cluster).nodes() : [this.client as Redis])
      (node.stream as Redis['stream'] | undefined)?.destroy();
  }

  ownerOf(slot: number): string | undefined {
    return this.client.isCluster ? (this.client as Cluster).slots[slot]?.[0] : undefined;
  }

  refresh(): void {
    if (this.client.isCluster) (this.client as Cluster).refreshSlotsCache(() => undefined);
  }

  private async open(): Promise<void> {
    const { client } = this;
    await client.connect().catch((error: unknown) => {
      throw this.failure ?? error;
    });
    // `ioredis` stays in database 0, without an error, if it cannot select the one of its options.
    const { db } = client.options as Redis['options'];
    if (!client.isCluster && db) await client.select(db);
  }
}

/** An open connection alone does not keep the process alive. */
function letProcessEnd(client: Redis): void {
  client.on('connect', () => (client.stream as Redis['stream'] | undefined)?.unref());
}

/** A Cluster's error wraps that of the node which was asked last. */
function lastOf(error: unknown): unknown {
  return (error as { lastNodeError?: unknown } | undefined)?.lastNodeError ?? error;
}

/** The client notes what it sent on its errors, which applications log: claims, messages and tokens are among it. */
function throwWithoutArguments(error: unknown): never {
  for (const each of [error, lastOf(error)])
    if (typeof each === 'object' && each !== null) Reflect.deleteProperty(each, 'command');
  throw error;
}

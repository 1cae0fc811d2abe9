import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Partition, RedisPort, RedisUnavailableError } from '../../src/redis/link/redis-port.js';
import type { RunOptions, ScriptArgument } from '../../src/redis/link/redis-port.js';
import type { Script } from '../../src/redis/link/script.js';
import type { RedisServer } from './redis-server.js';

/** A node's way to a real Redis, with as little as the stores need; it is up and down when the test says so. */
export class RedisTestPort extends RedisPort {
  readonly node = randomBytes(8).toString('hex');
  readonly control: Partition = { tag: '{c}' };
  readonly partitions = [this.control];
  /** How many calls there were, by script. */
  readonly calls = new Map<string, number>();
  private readonly client: Redis;
  private readonly offsets = new Map<Partition, number>();
  private readonly ups: ((partition: Partition) => void)[] = [];
  private readonly downs: ((partition: Partition) => void)[] = [];
  private isConnected = true;

  constructor(
    server: RedisServer,
    private readonly deadlineMs = 250,
  ) {
    super();
    this.client = new Redis({ host: '127.0.0.1', port: server.port, disableClientInfo: true });
    this.client.on('error', () => undefined);
  }

  /** Learns the time of the server, as the first beat does. */
  async start(): Promise<this> {
    const sentAt = performance.now();
    const [seconds, micros] = (await this.client.call('TIME')) as [string, string];
    this.offsets.set(this.control, Number(seconds) * 1000 + Math.floor(Number(micros) / 1000) + 1 - sentAt);
    return this;
  }

  partitionOf(): Partition {
    return this.control;
  }

  offset(partition: Partition): number | undefined {
    return this.offsets.get(partition);
  }

  isUp(): boolean {
    return this.isConnected;
  }

  onUp(listener: (partition: Partition) => void): void {
    this.ups.push(listener);
  }

  onDown(listener: (partition: Partition) => void): void {
    this.downs.push(listener);
  }

  /** Whether calls are made at all. */
  set up(isUp: boolean) {
    this.isConnected = isUp;
    for (const listener of isUp ? this.ups : this.downs) listener(this.control);
  }

  async run(
    script: Script,
    partition: Partition,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    { deadlineMs = this.deadlineMs }: RunOptions = {},
  ): Promise<unknown> {
    if (!this.isConnected) throw new RedisUnavailableError('not-run');
    this.calls.set(script.name, (this.calls.get(script.name) ?? 0) + 1);
    const sentAt = performance.now();
    const offset = this.offsets.get(partition);
    const notAfter = offset === undefined ? '' : Math.floor(sentAt + offset + deadlineMs);
    const reply = (await this.inTime(
      deadlineMs,
      this.evaluate(script, keys, [this.node, notAfter, ...args]),
    )) as [number, ...unknown[]];
    this.offsets.set(partition, reply[0] + 1 - sentAt);
    if (reply.length === 1 && notAfter !== '' && reply[0] > notAfter)
      throw new RedisUnavailableError('not-run', 'clock');
    return reply;
  }

  /** Ends the connection. */
  close(): void {
    this.client.disconnect();
  }

  private async evaluate(
    { sha, text }: Script,
    keys: readonly string[],
    args: readonly ScriptArgument[],
  ): Promise<unknown> {
    try {
      return await this.client.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!String(error).includes('NOSCRIPT'))
        throw new RedisUnavailableError('unknown', 'refused', { cause: error });
      return this.client.eval(text, keys.length, ...keys, ...args);
    }
  }

  private async inTime(ms: number, work: Promise<unknown>): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new RedisUnavailableError('unknown', 'timeout')), ms);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

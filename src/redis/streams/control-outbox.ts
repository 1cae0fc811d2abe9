import { RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import type { Message, StreamWriter } from './stream-writer.js';

/** Messages in a call. */
const BATCH = 64;
const BATCH_BYTES = 64 * 1024;
const MOST_WAITING = 10_000;
const MOST_BYTES = 1024 * 1024;
/** How long a message is tried to be stored. */
const KEEP_MS = 5000;

interface Waiting {
  readonly message: Message;
  readonly size: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Messages of this node to all: one call is under way at a time, and what comes meanwhile is the next one. */
export class ControlOutbox {
  private waiting: Waiting[] = [];
  private bytes = 0;
  private isSending = false;

  constructor(
    private readonly port: RedisPort,
    private readonly writer: StreamWriter,
  ) {}

  /** @throws RedisUnavailableError at once when Redis is away or too much waits, else when it was given up */
  send(kind: string, body: string): Promise<void> {
    const size = Buffer.byteLength(body);
    if (!this.port.isReachable(this.port.control))
      return Promise.reject(new RedisUnavailableError('not-run', 'refused'));
    if (this.waiting.length >= MOST_WAITING || (this.bytes > 0 && this.bytes + size > MOST_BYTES))
      return Promise.reject(new RedisUnavailableError('not-run', 'overloaded'));
    this.bytes += size;
    return new Promise((resolve, reject) => {
      this.waiting.push({ message: [kind, body], size, resolve, reject });
      if (!this.isSending) void this.sendAll();
    });
  }

  private async sendAll(): Promise<void> {
    this.isSending = true;
    while (this.waiting.length > 0) {
      const batch = this.takeBatch();
      try {
        await this.writer.write(
          batch.map(({ message }) => message),
          KEEP_MS,
          false,
        );
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.isSending = false;
  }

  private takeBatch(): Waiting[] {
    let [count, bytes] = [0, 0];
    for (const { size } of this.waiting) {
      if (count > 0 && (count === BATCH || bytes + size > BATCH_BYTES)) break;
      count++;
      bytes += size;
    }
    this.bytes -= bytes;
    return this.waiting.splice(0, count);
  }
}

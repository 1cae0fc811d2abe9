import type { Redis } from 'ioredis';
import type { RedisHost } from '../../options/redis-url.js';
import { LINE_SETTINGS, type LineOptions } from './ioredis-settings.js';

const CHANNEL = '+switch-master';
const RETRY_MS = 1000;

type Sentinel = Partial<RedisHost>;

/**
 * Hears from one of the Sentinels when another server becomes master. Without it the old one would be used until it is
 * told to be a replica, up to ten seconds later, and what it accepts meanwhile is lost.
 */
export class SentinelWatch {
  private readonly sentinels: readonly Sentinel[];
  private turn = 0;
  private client: Redis | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isClosed = false;

  /**
   * @param line a client that finds its master by Sentinels; the first of them that answers is asked here as well
   * @param onSwitched is told which Sentinel said so: others may still be behind the times
   */
  constructor(
    private readonly line: Redis,
    private readonly onSwitched: (sentinel: Sentinel) => void,
  ) {
    this.sentinels = line.options.sentinels ?? [];
    if (this.sentinels.length > 0) this.open();
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.client?.disconnect();
    this.client?.stream?.destroy();
  }

  private open(): void {
    const sentinel = this.sentinels[this.turn++ % this.sentinels.length] as Sentinel;
    const client = this.clientOf(sentinel);
    this.client = client;
    client.on('error', () => undefined);
    client.on('connect', () => (client.stream as Redis['stream'] | undefined)?.unref());
    client.on('end', () => this.lost());
    client.on('message', (_channel: string, text: string) => {
      if (text.split(' ')[0] === this.line.options.name) this.onSwitched(sentinel);
    });
    client
      .connect()
      .then(() => client.subscribe(CHANNEL))
      .catch(() => client.disconnect());
  }

  private lost(): void {
    if (this.isClosed) return;
    // The first one on the list may have ended, and the next one is tried at once.
    const delayMs = this.turn % this.sentinels.length === 0 ? RETRY_MS : 0;
    this.retry = setTimeout(() => this.open(), delayMs).unref();
  }

  private clientOf({ host = '127.0.0.1', port = 26_379 }: Sentinel): Redis {
    const { sentinelUsername, sentinelPassword, sentinelTLS } = this.line.options;
    const options = {
      ...LINE_SETTINGS,
      sentinels: null,
      host,
      port,
      db: 0,
      // Those of the master are none of theirs.
      username: sentinelUsername ?? null,
      password: sentinelPassword ?? null,
      tls: sentinelTLS,
    };
    return this.line.duplicate(options as unknown as LineOptions);
  }
}

import { type SecurityEvent, SecurityEvents, type SecurityEventType } from 'nestjs-ws-security';
import type { RedisRuntime } from '../../src/redis/redis-runtime.js';
import { REDIS_RUNTIME } from '../../src/ws-security.stores.js';
import type { RedisServer } from './redis-server.js';
import { type AppOptions, type RunningApp, startApp } from './start-app.js';
import { TestClient } from './test-client.js';
import { mintToken } from './tokens.js';

/** An application over Redis, and what it told its operator. */
export class RedisNode {
  readonly told: SecurityEvent[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(readonly running: RunningApp) {
    running.app.get(SecurityEvents).events.subscribe((event) => {
      this.told.push(event);
      for (const check of this.waiting) check();
    });
  }

  static async start(redis: Pick<RedisServer, 'url'>, config: AppOptions): Promise<RedisNode> {
    const options = { redisUrl: redis.url, heartbeatIntervalMs: 86_400_000, ...config.options };
    return new RedisNode(await startApp({ ...config, options }));
  }

  get url(): string {
    return this.running.url;
  }

  /** Resolves when it has told so since the last `forget()`. */
  heard(type: SecurityEventType): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!this.told.some((event) => event.type === type)) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }

  /** Whether clients should be sent here, as far as Redis is concerned. */
  get isReady(): boolean {
    return this.running.app.get<RedisRuntime>(REDIS_RUNTIME).isReady;
  }

  forget(): void {
    this.told.length = 0;
  }

  async connect(sub: string, path = '/ws'): Promise<TestClient> {
    return TestClient.connect(`${this.url}${path}`, { token: await mintToken({ sub }) });
  }

  /** The status with which a handshake is refused. */
  async refusal(sub: string): Promise<number> {
    const { status } = await TestClient.refused(`${this.url}/ws`, { token: await mintToken({ sub }) });
    return status;
  }

  async close(): Promise<void> {
    await this.running.close();
  }
}

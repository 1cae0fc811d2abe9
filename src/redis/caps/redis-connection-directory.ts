import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionDirectory } from '../../nodes/connection-directory.js';
import { Clock } from '../../time/clock.js';
import { idOf, type RedisKeys } from '../keys.js';
import { notAsked, type Partition, RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import type { OutagePolicy } from '../outage-policy.js';
import { ScriptedPlaceCalls } from './place-calls.js';
import { Places } from './places.js';
import type { PlaceFailure, ScopePlaces } from './scope-places.js';

export interface RedisDirectoryOptions {
  readonly keys: RedisKeys;
  /** `WS_REDIS_OUTAGE` */
  readonly outage: OutagePolicy;
  /** `WS_REDIS_NODE_TTL_MS` */
  readonly nodeTtlMs: number;
  /** Receives a scope with more places taken than there may be, over all nodes. */
  readonly onOverCap?: (scope: string, count: number, limit: number) => void;
}

/**
 * Caps that hold over all nodes. The places of a node that has died are free after `WS_REDIS_NODE_TTL_MS`. While Redis is
 * away, `local` counts the places of this node, and Redis is told of them when it is back.
 */
@Injectable()
export class RedisConnectionDirectory extends ConnectionDirectory implements OnApplicationShutdown {
  private readonly places: Places;

  constructor(
    private readonly port: RedisPort,
    clock: Clock,
    private readonly options: RedisDirectoryOptions,
  ) {
    super();
    const { keys, nodeTtlMs, onOverCap } = options;
    const calls = new ScriptedPlaceCalls(port, (partition) => keys.nodes(partition), nodeTtlMs);
    this.places = new Places(clock, calls, onOverCap);
    port.onUp((partition) => this.places.onUp(partition));
  }

  /** Scopes that are remembered here. */
  get size(): number {
    return this.places.size;
  }

  /**
   * @throws RedisUnavailableError now or later, when Redis does not know whether there is a place, and while it is away
   * under `deny`
   */
  acquire(scope: string, limit: number): boolean | Promise<boolean> {
    const places = this.find(scope);
    if (places.held >= limit && this.options.outage !== 'allow') return false;
    if (!this.port.isUp(places.partition)) return this.decideHere(places, limit);
    if (places.held >= limit) return false;
    return new Promise((resolve, reject) => {
      const giveUp = (failure: PlaceFailure): void => {
        try {
          if (failure === 'unknown') throw new RedisUnavailableError('unknown');
          resolve(this.decideHere(this.find(scope), limit));
        } catch (error) {
          reject(error);
        }
      };
      this.places.take(places, { limit, settle: resolve, giveUp });
    });
  }

  release(scope: string): void {
    this.places.release(scope);
  }

  /** @throws RedisUnavailableError later, while Redis is away under `deny` */
  count(scope: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        if (this.options.outage === 'deny') reject(new RedisUnavailableError('unknown'));
        else resolve(this.places.find(scope)?.held ?? 0);
      };
      this.places.count(this.find(scope), { settle: resolve, giveUp });
    });
  }

  /** As {@link Places.assertAll}. */
  assertAll(partition: Partition): Promise<void> {
    return this.places.assertAll(partition);
  }

  /** As {@link Places.pause}. */
  pause(partition: Partition): void {
    this.places.pause(partition);
  }

  resume(partition: Partition): void {
    this.places.resume(partition);
  }

  onApplicationShutdown(): void {
    this.places.stop();
  }

  private find(scope: string): ScopePlaces {
    return this.places.of(scope, () => {
      const id = idOf(scope);
      const partition = this.port.partitionOf(id);
      return { key: this.options.keys.places(partition, id), partition };
    });
  }

  /** Redis is away: the policy decides. */
  private decideHere(places: ScopePlaces, limit: number): boolean {
    if (this.options.outage === 'deny') throw notAsked();
    if (this.options.outage === 'local' && places.held >= limit) return false;
    this.places.takeHere(places, limit);
    return true;
  }
}

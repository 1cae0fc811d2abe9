import { createHash } from 'node:crypto';
import type { Partition } from './link/redis-port.js';

/** Goes up when a key gets another format. */
export const FORMAT_VERSION = 1;

/** A scope as it appears in key names: no name shows a user or an address. */
export function idOf(scope: string): string {
  return createHash('sha256').update(scope).digest('base64url').slice(0, 22);
}

/** The names of all keys. */
export class RedisKeys {
  private readonly start: string;

  /** @param prefix `WS_REDIS_PREFIX` */
  constructor(prefix: string) {
    this.start = `${prefix}${FORMAT_VERSION}:`;
  }

  /** A window whose budget is lent to nodes. @param ttl milliseconds */
  window({ tag }: Partition, throttler: string, ttl: number, id: string): string {
    return `${this.start}${tag}:w:${throttler}:${ttl}:${id}`;
  }

  /** A window that is counted hit by hit. @param ttl milliseconds */
  exact({ tag }: Partition, throttler: string, ttl: number, id: string): string {
    return `${this.start}${tag}:x:${throttler}:${ttl}:${id}`;
  }

  /** The block of such a window. */
  block(partition: Partition, throttler: string, ttl: number, id: string): string {
    return `${this.exact(partition, throttler, ttl, id)}:b`;
  }

  /** The connections of an address or a user. */
  places({ tag }: Partition, id: string): string {
    return `${this.start}${tag}:p:${id}`;
  }

  /** The nodes and their last beats. */
  nodes({ tag }: Partition): string {
    return `${this.start}${tag}:nodes`;
  }
}

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
  constructor(prefix: string, format = FORMAT_VERSION) {
    this.start = `${prefix}${format}:`;
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

  /** What nodes tell each other: changes, signals, sessions. */
  control({ tag }: Partition): string {
    return `${this.start}${tag}:control`;
  }

  /** Pushes. */
  bus({ tag }: Partition): string {
    return `${this.start}${tag}:bus`;
  }

  /** How much was written to these two streams, in all and by each node. */
  sent({ tag }: Partition): string {
    return `${this.start}${tag}:sent`;
  }

  /** A session on its way. @param hash of its token */
  session({ tag }: Partition, hash: string): string {
    return `${this.start}${tag}:rs:${hash}`;
  }

  /** The connections of an address or a user. */
  places({ tag }: Partition, id: string): string {
    return `${this.start}${tag}:p:${id}`;
  }

  /** What is written at the start, to see whether it can be. */
  probe({ tag }: Partition): string {
    return `${this.start}${tag}:probe`;
  }

  /** The nodes and their last beats. */
  nodes({ tag }: Partition): string {
    return `${this.start}${tag}:nodes`;
  }

  /** A table that every node holds whole: its rows. */
  rows({ tag }: Partition, table: string): string {
    return `${this.start}${tag}:${table}`;
  }

  /** When rows of a table end. */
  ends(partition: Partition, table: string): string {
    return `${this.rows(partition, table)}:until`;
  }

  /** A ticket. @param hash of its text */
  ticket({ tag }: Partition, hash: string): string {
    return `${this.start}${tag}:tk:${hash}`;
  }

  /** The unused tickets of a principal. */
  tickets({ tag }: Partition, id: string): string {
    return `${this.start}${tag}:to:${id}`;
  }
}

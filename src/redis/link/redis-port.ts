import type { Script } from './script.js';

/** The part of the keys that one call may touch: outside a Cluster there is one, in a Cluster there are 16. */
export interface Partition {
  /** The hash tag of its keys, with braces. */
  readonly tag: string;
}

/** A call failed: Redis is away, too slow, or refused it. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';

  /** @param outcome whether the script may have run, or may run later */
  constructor(
    message: string,
    readonly outcome: 'not-run' | 'unknown',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface RunOptions {
  /** Milliseconds until the call has failed; `WS_REDIS_TIMEOUT_MS` unless told. */
  readonly deadlineMs?: number;
  /** Bulk strings are answered as buffers instead of strings. */
  readonly binary?: boolean;
}

/**
 * What the stores need of the link to Redis.
 *
 * @internal
 */
export abstract class RedisPort {
  /** The id of this node: 8 random bytes in hex, new at each start. */
  abstract readonly node: string;
  /** All partitions: one outside a Cluster, 16 in one. */
  abstract readonly partitions: readonly Partition[];
  /** The partition of what all nodes tell each other. */
  abstract readonly control: Partition;

  /**
   * Runs a script. Its first two arguments are this node's id and `notAfter`: the time of the server, milliseconds, from
   * which on it does nothing; empty while no time is known. Its answer is a list that begins with the server's time.
   *
   * @param args numbers are sent as decimal text, buffers as they are
   * @throws {@link RedisUnavailableError} at once while Redis is down or too many calls are under way, else at the deadline
   */
  abstract run(
    script: Script,
    partition: Partition,
    keys: readonly string[],
    args: readonly (string | number | Buffer)[],
    options?: RunOptions,
  ): Promise<unknown>;

  /** What has to be added to the monotonic clock for a time that is never behind the server's; milliseconds. */
  abstract offset(partition: Partition): number | undefined;
  abstract isUp(partition: Partition): boolean;
  /** The partition of a hashed name. */
  abstract partitionOf(id: string): Partition;
  abstract onUp(listener: (partition: Partition) => void): void;
  abstract onDown(listener: (partition: Partition) => void): void;
}

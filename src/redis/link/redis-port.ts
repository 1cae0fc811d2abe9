import { withoutStack } from '../../errors/without-stack.js';
import type { OutageReason } from './outage-reason.js';
import type { Script } from './script.js';

/**
 * Keys that live on one master. `tag` is the text in braces which their names contain: `{…}`, braces included.
 *
 * @internal
 */
export interface Partition {
  readonly tag: string;
}

/** What a script is told besides its node and its deadline: numbers are sent as decimal text, buffers as bytes. */
export type ScriptArgument = string | number | Buffer;

export interface RunOptions {
  /** Milliseconds until the call is given up; `WS_REDIS_TIMEOUT_MS` when left out. */
  deadlineMs?: number;
  /** Whether texts of the reply are buffers. */
  binary?: boolean;
}

/**
 * A call to Redis failed: Redis is away, too slow, or refused it.
 *
 * @publicApi
 */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';

  /**
   * @param outcome whether the script may have run: `not-run` is sure, `unknown` is not
   * @param reason why, in one word
   */
  constructor(
    readonly outcome: 'not-run' | 'unknown',
    readonly reason: OutageReason = 'refused',
    options?: ErrorOptions,
  ) {
    super(`Redis is not available (${reason})`, options);
  }
}

/**
 * The error of what is refused without a call. In an outage that may be each message, so it has no stack.
 *
 * @internal
 */
export function notAsked(reason?: OutageReason): RedisUnavailableError {
  return withoutStack(() => new RedisUnavailableError('not-run', reason));
}

/**
 * The way to Redis, for everything that keeps something there. Calls are bounded in time and in number.
 *
 * @internal
 */
export abstract class RedisPort {
  /** This process: 8 random bytes, base64url, new at each start. */
  abstract readonly node: string;
  /** All partitions: one outside a Cluster, 16 in one. */
  abstract readonly partitions: readonly Partition[];
  /** The partition of tables and streams. */
  abstract readonly control: Partition;

  /** The partition of an id, by its hash. */
  abstract partitionOf(id: string): Partition;

  /**
   * Runs a script on a partition.
   *
   * @param args what follows the node's id and the deadline in ARGV
   * @returns the reply, which begins with the server's time in milliseconds
   * @throws RedisUnavailableError at once when Redis is away or too many calls are under way, else at the deadline
   */
  abstract run(
    script: Script,
    partition: Partition,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    options?: RunOptions,
  ): Promise<unknown>;

  /**
   * What has to be added to the monotonic clock of this process, in milliseconds, for a time that is never behind the
   * server's; undefined before the first answer.
   */
  abstract offset(partition: Partition): number | undefined;

  abstract isUp(partition: Partition): boolean;
  /** Whether calls that may take longer than most are made: also while Redis is slow. */
  abstract isReachable(partition: Partition): boolean;
  /** Calls `listener` when calls to a partition can be made again. */
  abstract onUp(listener: (partition: Partition) => void): void;
  /** Calls `listener` when calls to a partition begin to be refused at once. */
  abstract onDown(listener: (partition: Partition) => void): void;
}

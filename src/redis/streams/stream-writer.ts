import type { Clock } from '../../time/clock.js';
import { type RedisPort, RedisUnavailableError } from '../link/redis-port.js';
import { Nap } from './nap.js';
import { PUBLISH } from './stream.scripts.js';
import type { StreamLimits } from './stream-limits.js';

const PAUSE_MS = 50;
/** An attempt that has less time is not made. */
const SHORTEST_MS = 100;
/** With it there is time for two attempts before something is given up. */
const LONGEST_MS = 2000;

export type StreamName = 'control' | 'bus';
/** What is written: the kind of a message, and its text. */
export type Message = readonly [kind: string, body: string | Buffer];

export interface WriterSettings {
  readonly name: StreamName;
  /** The stream, and the hash of what was sent. */
  readonly keys: readonly [stream: string, sent: string];
  readonly limits: StreamLimits;
  /** Milliseconds for one attempt; 2,000 at most are used. */
  readonly deadlineMs: number;
}

/**
 * Writes to a stream. Entries have a number of this node, so that a call whose answer was lost can be made again and
 * writes nothing twice. One `write` at a time.
 */
export class StreamWriter {
  private readonly deadlineMs: number;
  private next = 1;
  private acknowledged = 0;
  /** What was acknowledged by the beat before. */
  private settled = 0;
  private readonly nap: Nap;
  private isGivenUp = false;
  /** Whether the last attempt failed. */
  isFailing = false;

  /** @param onLost is called when Redis does not know what it has acknowledged */
  constructor(
    private readonly port: RedisPort,
    private readonly clock: Clock,
    private readonly settings: WriterSettings,
    private readonly onLost: () => void,
  ) {
    this.deadlineMs = Math.min(settings.deadlineMs, LONGEST_MS);
    this.nap = new Nap(clock);
    port.onUp((partition) => partition === port.control && this.nap.wake());
  }

  /** The number of the next entry. */
  get nextNumber(): number {
    return this.next;
  }

  /** Whether so many milliseconds are enough for an attempt. */
  isInTime(keepMs: number): boolean {
    return keepMs >= this.deadlineMs + SHORTEST_MS;
  }

  /** No more attempts are made for what is being written. */
  giveUp(): void {
    this.isGivenUp = true;
    this.nap.wake();
  }

  /**
   * Writes messages, one entry each.
   *
   * @param keepMs milliseconds for which it is tried. The last attempt ends one deadline earlier: what was given up is
   *   not stored afterwards.
   * @param isPatient whether it is tried again also while Redis is away
   * @throws RedisUnavailableError with the outcome `unknown` when they may have been stored
   */
  async write(messages: readonly Message[], keepMs: number, isPatient: boolean): Promise<void> {
    const first = this.next;
    this.next += messages.length;
    this.isGivenUp = false;
    const { deadlineMs } = this;
    const givenUpAt = this.clock.monotonic() + keepMs;
    let isUnknown = false;
    for (;;) {
      try {
        const leftMs = Math.floor(givenUpAt - deadlineMs - this.clock.monotonic());
        await this.attempt(first, messages, Math.max(1, Math.min(deadlineMs, leftMs)));
        return;
      } catch (error) {
        if (!(error instanceof RedisUnavailableError)) throw error;
        this.isFailing = true;
        isUnknown ||= error.outcome === 'unknown';
        const restMs = givenUpAt - this.clock.monotonic();
        const mayRetry =
          !this.isGivenUp && restMs > deadlineMs + PAUSE_MS + SHORTEST_MS && (isPatient || isUnknown);
        if (!mayRetry) {
          if (isUnknown) await this.restUntil(givenUpAt);
          throw isUnknown ? new RedisUnavailableError('unknown', error.reason, { cause: error }) : error;
        }
      }
      await this.nap.rest(PAUSE_MS);
      if (this.isGivenUp) throw new RedisUnavailableError(isUnknown ? 'unknown' : 'not-run', 'timeout');
    }
  }

  /** A beat says which entry of this node Redis had last. */
  beat(n: number): void {
    if (n < this.settled) {
      // It is told once.
      this.acknowledged = n;
      this.onLost();
    }
    this.settled = this.acknowledged;
  }

  /** Redis lost its memory, which everybody learns in other ways. */
  forget(): void {
    this.acknowledged = this.settled = 0;
  }

  private async restUntil(time: number): Promise<void> {
    for (;;) {
      const restMs = time - this.clock.monotonic();
      if (restMs <= 0 || this.isGivenUp) return;
      await this.nap.rest(restMs);
    }
  }

  private async attempt(first: number, messages: readonly Message[], deadlineMs: number): Promise<void> {
    const { name, keys, limits } = this.settings;
    const { keepMs, maxEntries, maxBytes, expiryMs } = limits;
    const args = [name, keepMs, maxEntries, maxBytes, expiryMs, first, ...messages.flat()];
    const { acknowledged } = this;
    const reply = await this.port.run(PUBLISH, this.port.control, keys, args, { deadlineMs });
    const [, , last] = reply as [number, number, number];
    this.isFailing = false;
    this.acknowledged = first + messages.length - 1;
    if (last < acknowledged) this.onLost();
  }
}

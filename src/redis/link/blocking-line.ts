import type { Clock } from '../../time/clock.js';
import type { TimerWheel } from '../../time/timer-wheel.js';
import { evaluate } from './evaluate.js';
import { HELLO, type HelloReply } from './hello.script.js';
import { LineKeeper } from './line-keeper.js';
import type { OutageReason } from './outage-reason.js';
import type { RedisLine, RedisLines } from './redis-line.js';
import { isReply, reasonOfLine, reasonOfReply } from './reply-error.js';
import { DeadlineExceededError, within } from '../../time/deadline.js';

/** How long Redis waits for entries before it answers that there are none. */
const BLOCK_MS = 250;
/** So many entries of a stream are read at once. */
export const READ_COUNT = 32;
/** A line that is silent for longer is given up. */
const SILENCE_MS = 1000;
const OPEN_MS = 2000;

/** An entry of a stream: fields and values alternate. */
export type StreamEntry = readonly [id: string, fields: readonly Buffer[]];

export interface StreamReader {
  /** What to read next: keys, and the id after which. Keys have to be of one partition. */
  positions(): readonly (readonly [key: string, after: string])[];
  /**
   * New entries of one stream, in their order. The next read waits for this.
   *
   * @param sentAt when they were asked for, monotonic
   */
  onEntries(key: string, entries: readonly StreamEntry[], sentAt: number): void | Promise<void>;
  /** Redis answered a read that was sent at `sentAt`, with or without entries; all of them have been told. */
  onHeard(sentAt: number): void;
  /** There is no line; another one is opened, and reading goes on from `positions()`. */
  onLost(reason: OutageReason): void;
  /** Redis or the reader failed at something that another line may not mend. */
  onError(error: unknown): void;
}

/** A line of its own for reads that wait for new entries of streams. */
export class BlockingLine {
  private readonly keeper: LineKeeper;

  constructor(
    lines: RedisLines,
    private readonly clock: Clock,
    wheel: TimerWheel,
    private readonly reader: StreamReader,
  ) {
    this.keeper = new LineKeeper(lines, clock, wheel, OPEN_MS, {
      onLine: (line) => void this.follow(line),
      onLost: (reason) => reader.onLost(reason),
    });
  }

  start(): void {
    this.keeper.start();
  }

  stop(): void {
    this.keeper.stop();
  }

  /** Reads on over another line: this one may lead to a server that is no master any more. */
  renew(): void {
    if (this.keeper.line) this.keeper.drop(this.keeper.line, 'replica');
  }

  private async follow(line: RedisLine): Promise<void> {
    try {
      if (!(await this.isMaster(line))) return;
      // The first answer comes at once: until then nothing that is known here counts as current.
      for (let blockMs = 0; this.keeper.line === line; blockMs = BLOCK_MS) {
        const sentAt = this.clock.monotonic();
        const streams = await this.read(line, blockMs);
        if (streams === undefined || this.keeper.line !== line) return;
        this.keeper.succeeded();
        await this.tell(streams, sentAt);
      }
    } catch (error) {
      this.reader.onError(error);
      this.keeper.drop(line, 'refused');
    }
  }

  /** A replica has what its master told it, however long ago. */
  private async isMaster(line: RedisLine): Promise<boolean> {
    const [[key]] = this.reader.positions() as [readonly [string, string]];
    try {
      const [, , role] = (await within(SILENCE_MS, evaluate(line, HELLO, [key], []))) as HelloReply;
      if (role === 'master' || role === '') return this.keeper.line === line;
      this.keeper.drop(line, 'replica');
    } catch (error) {
      this.failed(line, error);
    }
    return false;
  }

  /** @param blockMs 0 for no wait @returns undefined when there is no such line any more */
  private async read(line: RedisLine, blockMs: number): Promise<Streams | undefined> {
    const positions = this.reader.positions();
    const keys = positions.map(([key]) => key);
    const ids = positions.map(([, after]) => after);
    const wait = blockMs > 0 ? ['BLOCK', blockMs] : [];
    const args = ['COUNT', READ_COUNT, ...wait, 'STREAMS', ...keys, ...ids];
    try {
      return ((await within(SILENCE_MS, line.call('xread', args, true))) as Streams | null) ?? [];
    } catch (error) {
      this.failed(line, error);
      return undefined;
    }
  }

  private failed(line: RedisLine, error: unknown): void {
    // It was closed, from here or from there.
    if (this.keeper.line !== line) return;
    if (isReply(error) && reasonOfReply(error) === undefined) this.reader.onError(error);
    this.keeper.drop(line, error instanceof DeadlineExceededError ? 'timeout' : reasonOfLine(error));
  }

  private async tell(streams: Streams, sentAt: number): Promise<void> {
    for (const [key, entries] of streams)
      await this.reader.onEntries(
        String(key),
        entries.map(([id, fields]) => [String(id), fields] as const),
        sentAt,
      );
    this.reader.onHeard(sentAt);
  }
}

type Streams = readonly (readonly [
  key: Buffer,
  entries: readonly (readonly [id: Buffer, fields: Buffer[]])[],
])[];

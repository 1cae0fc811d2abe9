import type { ResolvedOptions } from '../options/options.schema.js';
import { TokenBucket } from '../throttling/token-bucket.js';
import type { FrameListener } from '../frames/frame-meter.js';

const LONGEST_HEADER = 14;

export type BudgetOptions = Pick<
  ResolvedOptions,
  'frameRate' | 'frameBurst' | 'byteRate' | 'maxPayloadBytes'
>;

/**
 * What a connection may send a second, in frames and bytes. Frames are charged when they arrive, and judged later,
 * when `ws` tells of them: both happen in the same order, for messages and for control frames.
 */
export class FrameBudget implements FrameListener {
  private readonly frames: TokenBucket;
  private readonly bytes: TokenBucket;
  private readonly messages = new Judgements();
  private readonly controls = new Judgements();
  private now: number;
  /** Whether the message that is coming in has been over budget so far. */
  private isOver = false;

  constructor(options: BudgetOptions, now: number) {
    this.now = now;
    this.frames = new TokenBucket(options.frameRate, options.frameBurst, now);
    // The largest message must be possible, whatever the rate.
    const burst = Math.max(options.byteRate, options.maxPayloadBytes + LONGEST_HEADER);
    this.bytes = new TokenBucket(options.byteRate, burst, now);
  }

  /** Sets the time that the next frames are charged at, monotonic milliseconds. */
  at(now: number): void {
    this.now = now;
  }

  onFrame(isControl: boolean, isFinal: boolean, bytes: number): void {
    const fits = this.charge(bytes);
    if (isControl) {
      this.controls.add(fits);
      return;
    }
    this.isOver ||= !fits;
    if (!isFinal) return;
    this.messages.add(!this.isOver);
    this.isOver = false;
  }

  /** Whether the message that `ws` tells of next was within the budget. */
  judgeMessage(): boolean {
    return this.messages.next();
  }

  /** The same of a ping or pong. */
  judgeControl(): boolean {
    return this.controls.next();
  }

  /** Charges what a compressed message has grown to. */
  chargeInflated(bytes: number): boolean {
    if (!this.bytes.has(bytes, this.now)) return false;
    this.bytes.take(bytes);
    return true;
  }

  /** Milliseconds until a frame has a chance again. */
  get retryAfterMs(): number {
    return Math.max(1, this.frames.waitFor(1), this.bytes.waitFor(1));
  }

  private charge(bytes: number): boolean {
    const fits = this.frames.has(1, this.now) && this.bytes.has(bytes, this.now);
    if (fits) {
      this.frames.take(1);
      this.bytes.take(bytes);
    }
    return fits;
  }
}

/**
 * A queue of yes and no. The noes alone are remembered, as runs: a flood is one run, however many frames it has that
 * nobody asks about.
 */
class Judgements {
  private added = 0;
  private taken = 0;
  /** Where each run begins and where it ends, in turn. */
  private runs: number[] | undefined;

  add(fits: boolean): void {
    if (!fits) this.addNo();
    this.added++;
  }

  next(): boolean {
    const { runs } = this;
    const at = this.taken++;
    if (!runs || at < (runs[0] ?? Infinity)) return true;
    if (this.taken === runs[1]) runs.splice(0, 2);
    return false;
  }

  private addNo(): void {
    const runs = (this.runs ??= []);
    if (runs.at(-1) === this.added) runs[runs.length - 1] = this.added + 1;
    else runs.push(this.added, this.added + 1);
  }
}

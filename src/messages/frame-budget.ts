import { DroppedFrames } from '../counters/dropped-frames.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { TokenBucket } from '../throttling/token-bucket.js';
import type { FrameListener } from '../frames/frame-meter.js';

const LONGEST_HEADER = 14;

export type BudgetOptions = Pick<
  ResolvedOptions,
  'frameRate' | 'frameBurst' | 'byteRate' | 'maxPayloadBytes'
>;

/**
 * The frames and bytes that a connection may send per second. Frames are charged when they arrive. For those that `ws`
 * reads, the result is read later, when `ws` reports them in the same order, separately for messages and control frames.
 */
export class FrameBudget implements FrameListener {
  private readonly frames: TokenBucket;
  private readonly bytes: TokenBucket;
  private readonly messages = new VerdictQueue();
  private readonly controls = new VerdictQueue();
  private now: number;
  /** Whether a frame of the current message was over the budget. */
  private isOver = false;
  /** Whether the current message continues in the next frame. */
  private isFragmented = false;

  constructor(
    options: BudgetOptions,
    now: number,
    private readonly dropped = new DroppedFrames(),
  ) {
    this.now = now;
    this.frames = new TokenBucket(options.frameRate, options.frameBurst, now);
    // The largest allowed message must fit, whatever the rate.
    const burst = Math.max(options.byteRate, options.maxPayloadBytes + LONGEST_HEADER);
    this.bytes = new TokenBucket(options.byteRate, burst, now);
  }

  /** Sets the time for the next frames, in monotonic milliseconds. */
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
    this.isFragmented = !isFinal;
    if (!isFinal) return;
    this.messages.add(!this.isOver);
    this.isOver = false;
  }

  onSkipped(): void {
    this.dropped.ending++;
  }

  /**
   * Whether `ws` has reported every frame so far. It never reports a frame that breaks the protocol, nor those after it.
   */
  get isSettled(): boolean {
    return !this.isFragmented && this.messages.isEmpty && this.controls.isEmpty;
  }

  /** Whether the next message that `ws` reports was within the budget. */
  judgeMessage(): boolean {
    return this.messages.next();
  }

  /** Whether the next ping or pong that `ws` reports was within the budget. */
  judgeControl(): boolean {
    return this.controls.next();
  }

  /** Charges the inflated size of a compressed message. */
  chargeInflated(bytes: number): boolean {
    if (!this.bytes.has(bytes, this.now)) {
      this.dropped.byteRate++;
      return false;
    }
    this.bytes.take(bytes);
    return true;
  }

  /** Milliseconds until the next frame can be within the budget. */
  get retryAfterMs(): number {
    return Math.max(1, this.frames.waitFor(1), this.bytes.waitFor(1));
  }

  /** Charges a frame. @param bytes length of header and payload @returns whether it is within the budget */
  charge(bytes: number): boolean {
    if (!this.frames.has(1, this.now)) this.dropped.frameRate++;
    else if (!this.bytes.has(bytes, this.now)) this.dropped.byteRate++;
    else {
      this.frames.take(1);
      this.bytes.take(bytes);
      return true;
    }
    return false;
  }
}

/** A queue of verdicts. Only refusals are stored, as runs, so a flood takes constant memory. */
class VerdictQueue {
  private added = 0;
  private taken = 0;
  /** Start and end of each run, alternating. */
  private runs: number[] | undefined;

  add(fits: boolean): void {
    if (!fits) this.addRefusal();
    this.added++;
  }

  get isEmpty(): boolean {
    return this.added === this.taken;
  }

  next(): boolean {
    const { runs } = this;
    const at = this.taken++;
    if (!runs || at < (runs[0] ?? Infinity)) return true;
    if (this.taken === runs[1]) runs.splice(0, 2);
    return false;
  }

  private addRefusal(): void {
    const runs = (this.runs ??= []);
    if (runs.at(-1) === this.added) runs[runs.length - 1] = this.added + 1;
    else runs.push(this.added, this.added + 1);
  }
}

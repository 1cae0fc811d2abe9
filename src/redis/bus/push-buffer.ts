import type { Broadcast } from '../../nodes/broadcast-bus.js';

const KIB = 1024;
/** What is kept at most, and what of it may be for one room. */
const MOST_BYTES = 1024 * KIB;
const MOST_OF_ROOM = MOST_BYTES / 4;
const BATCH = 500;
const BATCH_BYTES = 64 * KIB;

/** A push that is not stored yet. */
export interface WaitingPush {
  readonly broadcast: Broadcast;
  readonly line: string;
  readonly bytes: number;
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Pushes that wait to be stored. Those of the batch that is under way count until they are released. */
export class PushBuffer {
  private waiting: WaitingPush[] = [];
  private bytes = 0;
  private readonly bytesOfRooms = new Map<string, number>();

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Whether what waits is enough for a batch. */
  get hasFullBatch(): boolean {
    return this.waiting.length >= BATCH || this.bytes >= BATCH_BYTES;
  }

  /** Whether there is no space for a push. One always fits into an empty buffer. */
  isFull({ bytes }: WaitingPush): boolean {
    return this.bytes > 0 && this.bytes + bytes > MOST_BYTES;
  }

  /** Whether the room of a push has too much waiting: a busy one leaves space to others. */
  isCrowded({ broadcast: { audience }, bytes }: WaitingPush): boolean {
    const taken = audience.to === 'room' ? (this.bytesOfRooms.get(audience.room) ?? 0) : 0;
    return taken > 0 && taken + bytes > MOST_OF_ROOM;
  }

  add(push: WaitingPush): void {
    this.count(push, push.bytes);
    this.waiting.push(push);
  }

  /** The first ones, as many as go into a batch. They have to be released. */
  takeBatch(): WaitingPush[] {
    let [count, bytes] = [0, 0];
    for (const push of this.waiting) {
      if (count > 0 && (count === BATCH || bytes + push.bytes > BATCH_BYTES)) break;
      count++;
      bytes += push.bytes + 1;
    }
    return this.waiting.splice(0, count);
  }

  /** All that wait. They have to be released. */
  takeAll(): WaitingPush[] {
    return this.waiting.splice(0);
  }

  release(pushes: readonly WaitingPush[]): void {
    for (const push of pushes) this.count(push, -push.bytes);
  }

  private count({ broadcast: { audience } }: WaitingPush, bytes: number): void {
    this.bytes += bytes;
    if (audience.to !== 'room') return;
    const ofRoom = (this.bytesOfRooms.get(audience.room) ?? 0) + bytes;
    if (ofRoom > 0) this.bytesOfRooms.set(audience.room, ofRoom);
    else this.bytesOfRooms.delete(audience.room);
  }
}

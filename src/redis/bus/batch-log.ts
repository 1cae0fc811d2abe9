import type { Broadcast } from '../../nodes/broadcast-bus.js';
import type { PushPlace } from './push-position.js';

/** An entry of the stream of pushes. */
export interface Batch {
  /** As `keyOf` makes it of its id. */
  readonly key: string;
  readonly broadcasts: readonly Broadcast[];
  readonly bytes: number;
  /** When it was read, monotonic milliseconds. */
  readonly readAt: number;
}

/** Batches that follow each other without a hole. */
export class BatchLog {
  private batches: Batch[] = [];
  private first = 0;
  private bytes = 0;

  /** @param base a key after which everything is here, up to the end; undefined for from the first batch on */
  constructor(
    private base: string | undefined,
    private readonly maxBytes: number,
    private readonly maxAgeMs: number,
  ) {}

  /** The key of the last batch. */
  get end(): string | undefined {
    return this.batches.at(-1)?.key ?? this.base;
  }

  /** Adds the next one, and gives up what is too old or too much. */
  add(batch: Batch): void {
    this.batches.push(batch);
    this.bytes += batch.bytes;
    for (;;) {
      const oldest = this.batches[this.first];
      if (!oldest || (this.bytes <= this.maxBytes && batch.readAt - oldest.readAt <= this.maxAgeMs)) break;
      this.bytes -= oldest.bytes;
      this.base = oldest.key;
      this.first++;
    }
    if (this.first < 1024 || this.first < this.batches.length / 2) return;
    this.batches = this.batches.slice(this.first);
    this.first = 0;
  }

  /** Forgets everything. @param base as in the constructor */
  reset(base: string | undefined): void {
    this.batches = [];
    this.first = this.bytes = 0;
    this.base = base;
  }

  /** Whether everything after a place is here. */
  covers({ key }: PushPlace): boolean {
    const first = this.batches[this.first];
    return (this.base !== undefined && key >= this.base) || (first !== undefined && key >= first.key);
  }

  /** What lies after one place, up to and including another; both have to be covered. */
  between(after: PushPlace, to: PushPlace): Broadcast[] {
    const found: Broadcast[] = [];
    let at = this.batches.length;
    while (at > this.first && (this.batches[at - 1] as Batch).key >= after.key) at--;
    for (const { key, broadcasts } of this.batches.slice(at)) {
      if (key > to.key) break;
      const start = key === after.key ? after.index + 1 : 0;
      found.push(...broadcasts.slice(start, key === to.key ? to.index + 1 : undefined));
    }
    return found;
  }
}

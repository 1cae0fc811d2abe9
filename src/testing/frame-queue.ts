import { within } from './deadline.js';
import { closeText } from './close-text.js';

/** A received frame. A text that is not JSON becomes `data`, without an event. @publicApi */
export interface TestFrame<T = unknown> {
  event: string;
  data: T;
  id?: string | number;
  seq?: number;
}

/** How a connection ended. @publicApi */
export interface TestClose {
  code: number;
  reason: string;
}

interface Reader {
  matches: (frame: TestFrame) => boolean;
  resolve: (frame: TestFrame) => void;
  reject: (error: Error) => void;
  awaited: string;
}

const SHOWN_FRAMES = 5;
const SHOWN_CHARACTERS = 200;

/** Queues frames in order, for readers that come before or after them. */
export class FrameQueue {
  private frames: TestFrame[] = [];
  private readonly readers = new Set<Reader>();
  private end: TestClose | undefined;

  push(text: string): void {
    const frame = parse(text);
    const reader = [...this.readers].find(({ matches }) => matches(frame));
    if (!reader) return void this.frames.push(frame);
    this.readers.delete(reader);
    reader.resolve(frame);
  }

  /** No more frames will arrive. */
  close(end: TestClose): void {
    this.end = end;
    for (const { reject, awaited } of this.readers) reject(this.ended(awaited, end));
    this.readers.clear();
  }

  take(): TestFrame[] {
    return this.frames.splice(0);
  }

  /**
   * The first frame that matches; others stay queued. @throws Error if it does not arrive in time, or cannot arrive
   * any more
   */
  async next(awaited: string, ms: number, matches: (frame: TestFrame) => boolean): Promise<TestFrame> {
    const index = this.frames.findIndex((frame) => matches(frame));
    if (index >= 0) return this.frames.splice(index, 1)[0] as TestFrame;
    if (this.end) throw this.ended(awaited, this.end);
    let reader: Reader | undefined;
    const arrival = new Promise<TestFrame>((resolve, reject) => {
      reader = { matches, resolve, reject, awaited };
      this.readers.add(reader);
    });
    try {
      return await within(ms, arrival, () => `timed out waiting for ${awaited}; ${this.describe()}`);
    } finally {
      if (reader) this.readers.delete(reader);
    }
  }

  /** Describes unread frames, for error messages. */
  describe(): string {
    if (this.frames.length === 0) return 'nothing else arrived';
    const shown = this.frames.slice(-SHOWN_FRAMES).map((frame) => JSON.stringify(frame));
    const text = shown.map((frame) => frame.slice(0, SHOWN_CHARACTERS)).join(', ');
    return `unread, the last ${shown.length} of ${this.frames.length}: ${text}`;
  }

  private ended(awaited: string, end: TestClose): Error {
    return new Error(
      `cannot receive ${awaited}: the connection closed with ${closeText(end)}; ${this.describe()}`,
    );
  }
}

function parse(text: string): TestFrame {
  try {
    const frame = JSON.parse(text) as TestFrame | null;
    if (typeof frame?.event === 'string') return frame;
  } catch {
    // Shown as received.
  }
  return { event: '', data: text };
}

import type { StreamEntry } from '../link/blocking-line.js';
import type { StreamState } from '../nodes/beat-reply.js';
import { compareIds, type NodeEntry, readEntry, START_ID, timeOf } from './stream-entry.js';

/** So many beats in a row find a reader that is late before it counts as late. */
const LATE_BEATS = 3;

export interface FollowerListener {
  onEntry(entry: NodeEntry): void;
  /** Entries are lost to this node. */
  onGap(): void;
  /** An entry that no node has written was skipped. */
  onMalformed(): void;
}

/** How far this node has read a stream, and whether it has read everything. */
export class StreamFollower {
  /** The id of the last entry that was read. */
  private last = START_ID;
  /** The greatest id that was ever read; ids go back with the clock of a server that lost its memory. */
  private highest = START_ID;
  /** The number of the last entry; undefined when it is not known which one is next. */
  private g: number | undefined;
  /** Where the reader was when the beat before was answered. */
  private atLastBeat = START_ID;
  /** What a beat has found in Redis, until a later read has found nothing more. */
  private expected: { readonly g: number; readonly since: number } | undefined;
  /** The last ids that the two beats before have found. */
  private found: readonly [string, string] = [START_ID, START_ID];
  private lateBeats = 0;
  private isQuiet = true;

  constructor(private readonly listener: FollowerListener) {}

  get position(): string {
    return this.last;
  }

  /** Whether ids have not gone back since the start. */
  get isAscending(): boolean {
    return this.last === this.highest;
  }

  /** Whether what is read is more than two seconds old, and was for some time. */
  get isLate(): boolean {
    return this.lateBeats >= LATE_BEATS;
  }

  /** Reads on after an entry. @param id empty for the start of the stream @param g its number */
  begin(id: string, g: number): void {
    this.last = this.highest = this.atLastBeat = id || START_ID;
    this.g = g;
  }

  read(entries: readonly StreamEntry[]): void {
    this.isQuiet = false;
    for (const raw of entries) {
      const entry = readEntry(raw);
      if (!entry) {
        this.reached(raw[0]);
        this.listener.onMalformed();
        continue;
      }
      const isNext = this.g === undefined || entry.g === this.g + 1;
      this.g = entry.g;
      this.reached(entry.id);
      if (!isNext) this.listener.onGap();
      this.listener.onEntry(entry);
    }
  }

  /** A read was answered, and its entries were told. @param sentAt monotonic */
  heard(sentAt: number): void {
    const { expected, isQuiet } = this;
    this.isQuiet = true;
    if (!expected || !isQuiet || sentAt < expected.since) return;
    this.expected = undefined;
    const { g } = this;
    if (g !== undefined && g >= expected.g) return;
    this.g = expected.g;
    // They were there, and there is nothing to read.
    if (g !== undefined) this.listener.onGap();
  }

  /** A beat was answered. @param now the server's time @param receivedAt monotonic */
  beat({ lastId, g }: StreamState, now: number, receivedAt: number): void {
    if (this.g === undefined || g > this.g) this.expected = { g, since: receivedAt };
    const isBehind = compareIds(lastId || START_ID, this.atLastBeat) < 0;
    // Entries that are written now would never be read.
    if (isBehind && now < timeOf(this.atLastBeat)) this.restart();
    this.lateBeats = compareIds(this.last, this.found[0]) < 0 ? this.lateBeats + 1 : 0;
    this.found = [this.found[1], lastId || START_ID];
    this.atLastBeat = this.last;
  }

  /** Entries may be missing that nobody can know of. @param isForgotten whether numbers begin anew */
  lose(isForgotten: boolean): void {
    if (isForgotten) {
      this.g = undefined;
      this.expected = undefined;
    }
    this.listener.onGap();
  }

  private reached(id: string): void {
    this.last = id;
    if (compareIds(id, this.highest) > 0) this.highest = id;
  }

  private restart(): void {
    this.last = START_ID;
    this.found = [START_ID, START_ID];
    this.lose(true);
  }
}

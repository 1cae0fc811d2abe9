import type { Clock } from '../../time/clock.js';
import { Listeners } from '../link/listeners.js';
import type { RedisPort } from '../link/redis-port.js';
import type { StreamState } from '../nodes/beat-reply.js';
import { MalformedEntryError } from '../malformed-entry.error.js';
import type { NodeEntry } from './stream-entry.js';
import { StreamFollower } from './stream-follower.js';
import { StreamWriter, type WriterSettings } from './stream-writer.js';

export interface SharedStreamListener {
  /** Entries are lost to this node. */
  onGap(): void;
  /** Redis does not have entries of this node any more that it had acknowledged: no node can read them. */
  onLost(): void;
  /** What handles an entry has thrown. */
  onFault(error: unknown): void;
}

/** A stream that all nodes write to and read. */
export class SharedStream {
  readonly follower: StreamFollower;
  readonly writer: StreamWriter;
  private readonly entries = new Listeners<[NodeEntry]>();
  private readonly gaps = new Listeners<[]>();

  constructor(
    port: RedisPort,
    clock: Clock,
    readonly settings: WriterSettings,
    private readonly listener: SharedStreamListener,
  ) {
    this.writer = new StreamWriter(port, clock, settings, () => listener.onLost());
    this.follower = new StreamFollower({
      onEntry: (entry) => this.guarded(() => this.entries.tell(entry)),
      onGap: () => {
        listener.onGap();
        this.guarded(() => this.gaps.tell());
      },
      onMalformed: () => listener.onFault(new MalformedEntryError(`an entry of ${settings.name}`)),
    });
  }

  /** Its name in Redis. */
  get key(): string {
    return this.settings.keys[0];
  }

  /** The id of the last entry that was read. */
  get position(): string {
    return this.follower.position;
  }

  /** `listener` gets every entry, those of this node too. */
  onEntry(listener: (entry: NodeEntry) => void): void {
    this.entries.add(listener);
  }

  /** Calls `listener` when entries are lost to this node. */
  onGap(listener: () => void): void {
    this.gaps.add(listener);
  }

  /** A beat was answered. @param now the server's time @param receivedAt monotonic */
  beat(state: StreamState, now: number, receivedAt: number): void {
    this.follower.beat(state, now, receivedAt);
    this.writer.beat(state.n);
  }

  /** Redis lost its memory. */
  forgotten(): void {
    this.writer.forget();
    this.follower.lose(true);
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.listener.onFault(error);
    }
  }
}

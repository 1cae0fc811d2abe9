import { stat } from 'node:fs/promises';
import type { Clock } from './clock.js';

const POLL_MS = 1000;

export interface FileUser {
  readonly paths: readonly string[];
  /** Takes over what the files hold now; throws when they cannot be used. */
  take(): void;
  /** Why they cannot be used, for the operator. */
  reasonOf(error: unknown): string;
  /** Hears it once for each state of the files. */
  onFailed(reason: string): void;
}

/**
 * Files that are taken over when they change. They are looked at once a second, because renames and swapped links escape
 * `fs.watch`, and whenever somebody asks.
 */
export class WatchedFiles {
  private seen: string | undefined;
  private failure: string | undefined;
  private pending: Promise<void> | undefined;
  private isClosed = false;
  private stopPolling: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly user: FileUser,
  ) {}

  /** Looks once a second from now on. */
  poll(): void {
    this.stopPolling ??= this.clock.every(POLL_MS, () => void this.look());
  }

  /** Takes nothing over any more, not even from a look that is under way. */
  close(): void {
    this.isClosed = true;
    this.stopPolling?.();
  }

  /** Takes over what has changed; calls that come meanwhile wait for the same look. */
  look(): Promise<void> {
    this.pending ??= this.takeChanges().finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async takeChanges(): Promise<void> {
    // Before the content is read: a change in between is seen the next time.
    const state = (await Promise.all(this.user.paths.map(stateOfFile))).join(' ');
    if (state === this.seen || this.isClosed) return;
    try {
      this.user.take();
      this.seen = state;
      this.failure = undefined;
    } catch (error) {
      this.report(state, this.user.reasonOf(error));
    }
  }

  /** Once for each state, though each look tries again: a file may be unreadable only for a while. */
  private report(state: string, reason: string): void {
    if (this.failure === `${state} ${reason}`) return;
    this.failure = `${state} ${reason}`;
    this.user.onFailed(reason);
  }
}

/** Changes with the file, also by an atomic rename or a swapped link; the error's code when it is not there. */
async function stateOfFile(file: string): Promise<string> {
  try {
    const { mtimeNs, size, dev, ino } = await stat(file, { bigint: true });
    return `${mtimeNs}:${size}:${dev}:${ino}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

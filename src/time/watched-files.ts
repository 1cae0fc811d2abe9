import { stat } from 'node:fs/promises';
import type { Clock } from './clock.js';

const POLL_MS = 1000;

export interface FileUser {
  readonly paths: readonly string[];
  /** Reads the files and uses their content. Throws if it cannot be used. */
  take(): void;
  /** Describes an error of `take` for the operator. */
  reasonOf(error: unknown): string;
  /** Called once for each state of the files that cannot be used. */
  onFailed(reason: string): void;
}

/**
 * Files that are read again when they change. They are checked once a second, because `fs.watch` misses renames and
 * swapped links, and on demand.
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

  /** Checks the files once a second from now on. */
  poll(): void {
    this.stopPolling ??= this.clock.every(POLL_MS, () => void this.look());
  }

  /** Stops checking. A running check has no effect any more. */
  close(): void {
    this.isClosed = true;
    this.stopPolling?.();
  }

  /** Reads the files if they have changed. Calls in the meantime share the same check. */
  look(): Promise<void> {
    this.pending ??= this.takeChanges().finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async takeChanges(): Promise<void> {
    // The state is taken before the content is read, so that a change in between is noticed by the next check.
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

  /** Reports each state once. Each check tries again, because a file may be unreadable only for a while. */
  private report(state: string, reason: string): void {
    if (this.failure === `${state} ${reason}`) return;
    this.failure = `${state} ${reason}`;
    this.user.onFailed(reason);
  }
}

/**
 * Returns a text that changes with the file, even by an atomic rename or a swapped link, or an error code if the file
 * is missing.
 */
async function stateOfFile(file: string): Promise<string> {
  try {
    const { mtimeNs, size, dev, ino } = await stat(file, { bigint: true });
    return `${mtimeNs}:${size}:${dev}:${ino}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
}

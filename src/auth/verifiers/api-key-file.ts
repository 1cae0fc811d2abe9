import { Subject } from 'rxjs';
import type { Clock } from '../../time/clock.js';
import { readApiKeys, type ApiKey } from '../../options/api-keys.js';
import { stateOfFile } from '../../time/file-state.js';

const POLL_MS = 1000;

/**
 * The file of API keys as it is now. It is looked at whenever somebody asks and once a second, so that a broken one is
 * heard of before anybody connects.
 */
export class ApiKeyFile {
  /** Speaks whenever a changed file has been taken over. */
  readonly reloads = new Subject<void>();
  /** The keys of the last file that could be used, by their ids. */
  keys: ReadonlyMap<string, ApiKey>;
  private seen: string | undefined;
  private failure: string | undefined;
  private pending: Promise<void> | undefined;
  private readonly stop: () => void;

  /**
   * @param onReloadFailed hears once why a changed file is not taken over; the keys before it stay
   * @throws Error when the file cannot be used
   */
  constructor(
    private readonly path: string,
    clock: Clock,
    private readonly onReloadFailed: (reason: string) => void,
  ) {
    this.keys = byId(readApiKeys(path));
    this.stop = clock.every(POLL_MS, () => void this.refresh());
  }

  close(): void {
    this.stop();
    this.reloads.complete();
  }

  /** Takes over what has changed; who comes meanwhile waits for the same look. */
  refresh(): Promise<void> {
    this.pending ??= this.reload().finally(() => (this.pending = undefined));
    return this.pending;
  }

  private async reload(): Promise<void> {
    // Before the content is read: what changes in between is seen the next time.
    const state = await stateOfFile(this.path);
    if (state === this.seen) return;
    try {
      this.keys = byId(readApiKeys(this.path));
    } catch (error) {
      this.report(state, (error as NodeJS.ErrnoException).code ?? (error as Error).message);
      return;
    }
    this.seen = state;
    this.failure = undefined;
    this.reloads.next();
  }

  /** Once per state of the file, though each look tries again: it may be unreadable only for a while. */
  private report(state: string, reason: string): void {
    if (this.failure === `${state} ${reason}`) return;
    this.failure = `${state} ${reason}`;
    this.onReloadFailed(reason);
  }
}

function byId(keys: readonly ApiKey[]): ReadonlyMap<string, ApiKey> {
  return new Map(keys.map((key) => [key.id, key]));
}

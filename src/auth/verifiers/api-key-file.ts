import { Subject } from 'rxjs';
import type { Clock } from '../../time/clock.js';
import { readApiKeys, type ApiKey } from '../../options/api-keys.js';
import { WatchedFiles } from '../../time/watched-files.js';

/** The file of API keys as it is now. */
export class ApiKeyFile {
  /** Speaks whenever a changed file has been taken over. */
  readonly reloads = new Subject<void>();
  /** The keys of the last file that could be used, by their ids. */
  keys: ReadonlyMap<string, ApiKey>;
  private readonly file: WatchedFiles;

  /**
   * @param onReloadFailed hears once why a changed file is not taken over; the keys before it stay
   * @throws Error when the file cannot be used
   */
  constructor(path: string, clock: Clock, onReloadFailed: (reason: string) => void) {
    this.keys = byId(readApiKeys(path));
    this.file = new WatchedFiles(clock, {
      paths: [path],
      take: () => {
        this.keys = byId(readApiKeys(path));
        this.reloads.next();
      },
      reasonOf,
      onFailed: onReloadFailed,
    });
  }

  /** Looks at the file once a second from now on, so that a broken one is heard of before anybody connects. */
  poll(): void {
    this.file.poll();
  }

  /** Takes over what has changed; calls that come meanwhile wait for the same look. */
  refresh(): Promise<void> {
    return this.file.look();
  }

  close(): void {
    this.file.close();
    this.reloads.complete();
  }
}

function byId(keys: readonly ApiKey[]): ReadonlyMap<string, ApiKey> {
  return new Map(keys.map((key) => [key.id, key]));
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}

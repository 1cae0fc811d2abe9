import { Subject } from 'rxjs';
import type { Clock } from '../../time/clock.js';
import { readApiKeys, type ApiKey } from '../../options/api-keys.js';
import { WatchedFiles } from '../../time/watched-files.js';

/** The current content of the file of API keys. */
export class ApiKeyFile {
  /** Emits when a changed file has been loaded. */
  readonly reloads = new Subject<void>();
  /** The keys of the last valid file, by id. */
  keys: ReadonlyMap<string, ApiKey>;
  private readonly file: WatchedFiles;

  /**
   * @param onReloadFailed called once with the reason if a changed file cannot be loaded; the previous keys stay
   * @throws Error if the file cannot be used
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

  /** Checks the file once a second from now on, so that an invalid file is reported before a client connects. */
  poll(): void {
    this.file.poll();
  }

  /** Loads the file if it has changed. Calls in the meantime share the same check. */
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

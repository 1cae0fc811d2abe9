import { host, type Host } from './host.js';

/** Whether the device has a network. If the runtime does not know, the answer is yes. */
export class Network {
  offline = false;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  start(): void {
    this.#listen(host.addEventListener);
    this.offline = host.navigator?.onLine === false;
  }

  stop(): void {
    this.#listen(host.removeEventListener);
    this.offline = false;
  }

  /** Like all global functions, those of `host` need no `this`. React Native has none. */
  #listen(addOrRemove: Host['addEventListener']): void {
    addOrRemove?.('online', this);
    addOrRemove?.('offline', this);
  }

  /** This object is its own event listener. */
  handleEvent({ type }: { readonly type: string }): void {
    const offline = type === 'offline';
    if (offline === this.offline) return;
    this.offline = offline;
    this.#changed();
  }
}

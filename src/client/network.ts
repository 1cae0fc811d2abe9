import { host } from './host.js';

/** Whether the device has a network. If the runtime does not know, the answer is yes. */
export class Network {
  offline = false;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  start(): void {
    this.offline = host.navigator?.onLine === false;
    host.addEventListener?.('online', this);
    host.addEventListener?.('offline', this);
  }

  stop(): void {
    this.offline = false;
    host.removeEventListener?.('online', this);
    host.removeEventListener?.('offline', this);
  }

  /** This object is its own event listener. */
  handleEvent({ type }: { readonly type: string }): void {
    const offline = type === 'offline';
    if (offline === this.offline) return;
    this.offline = offline;
    this.#changed();
  }
}

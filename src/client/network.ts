import { host } from './host.js';

/** Whether the device has a network, as far as the runtime can tell; where it cannot, it has one. */
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

  /** As an event listener this object is itself. */
  handleEvent({ type }: { readonly type: string }): void {
    const offline = type === 'offline';
    if (offline === this.offline) return;
    this.offline = offline;
    this.#changed();
  }
}

import { host } from './host.js';

/** Whether the device has a network, as far as the runtime can tell; where it cannot, it has one. */
export class Network {
  offline = false;
  readonly #cameOnline = (): void => this.#update(false);
  readonly #wentOffline = (): void => this.#update(true);
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  start(): void {
    this.offline = host.navigator?.onLine === false;
    host.addEventListener?.('online', this.#cameOnline);
    host.addEventListener?.('offline', this.#wentOffline);
  }

  stop(): void {
    this.offline = false;
    host.removeEventListener?.('online', this.#cameOnline);
    host.removeEventListener?.('offline', this.#wentOffline);
  }

  #update(offline: boolean): void {
    if (offline === this.offline) return;
    this.offline = offline;
    this.#changed();
  }
}

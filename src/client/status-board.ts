import type { ClientEvents, ClientState, ClientStatus } from './client-state.js';
import type { Emitter } from './emitter.js';
import type { Network } from './network.js';
import type { RetryPlan } from './retry-plan.js';

export type Outcome = Pick<ClientStatus, 'code' | 'reason' | 'next'>;

export const NOTHING_YET: Outcome = { code: null, reason: '', next: null };

/** The one snapshot everybody sees. */
export class StatusBoard {
  current: ClientStatus = {
    state: 'idle',
    previous: 'idle',
    attempt: 0,
    retryAt: null,
    offline: false,
    ...NOTHING_YET,
  };
  readonly #events: Emitter<ClientEvents>;
  readonly #plan: RetryPlan;
  readonly #network: Network;

  constructor(events: Emitter<ClientEvents>, plan: RetryPlan, network: Network) {
    this.#events = events;
    this.#plan = plan;
    this.#network = network;
  }

  /** What `change` does not name stays, but for the countdown. */
  become(state: ClientState, change: Partial<ClientStatus> = {}): void {
    const { state: previous } = this.current;
    this.refresh({ retryAt: null, ...change, state, previous });
    this.#events.emit('status', this.current);
  }

  /** Nobody is told. */
  refresh(change: Partial<ClientStatus> = {}): void {
    const conditions = { attempt: this.#plan.failures, offline: this.#network.offline };
    this.current = { ...this.current, ...change, ...conditions };
  }
}

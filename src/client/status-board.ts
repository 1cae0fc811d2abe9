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

  constructor(
    private readonly events: Emitter<ClientEvents>,
    private readonly plan: RetryPlan,
    private readonly network: Network,
  ) {}

  /** What `change` does not name stays, but for the countdown. */
  become(state: ClientState, change: Partial<ClientStatus> = {}): void {
    const { state: previous } = this.current;
    this.current = { ...this.current, retryAt: null, ...change, state, previous, ...this.conditions() };
    this.events.emit('status', this.current);
  }

  /** The state is the same, so nobody is told. */
  refresh(): void {
    this.current = { ...this.current, ...this.conditions() };
  }

  private conditions(): Pick<ClientStatus, 'attempt' | 'offline'> {
    return { attempt: this.plan.failures, offline: this.network.offline };
  }
}

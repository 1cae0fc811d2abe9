import type { ClientEvents } from './client-state.js';
import type { Emitter } from './emitter.js';
import type { RequestError } from './request.error.js';
import { Timer } from './timer.js';

const LONGEST_LEAD_MS = 60_000;
const SHORTEST_DELAY_MS = 1_000;
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Refreshes the credential of an open connection before it expires. If this fails, or the clocks differ too much, the
 * server closes the connection when the credential expires, and the next connection reauthenticates.
 */
export class Renewal {
  readonly #random: () => number;
  readonly #events: Emitter<ClientEvents>;
  readonly #renew: () => Promise<unknown>;
  readonly #timer = new Timer();
  /** The number of plans. A result of an earlier plan is ignored. */
  #turn = 0;

  constructor(random: () => number, events: Emitter<ClientEvents>, renew: () => Promise<unknown>) {
    this.#random = random;
    this.#events = events;
    this.#renew = renew;
  }

  /**
   * Plans a refresh for when a quarter to a half of the remaining time is left, at most a minute, and not within
   * `hintMs`. After a failure it is planned again, so attempts get more frequent as time runs out. Returns false if
   * there is no time left.
   */
  plan(expiresAt: number | null, hintMs = 0): boolean {
    this.stop();
    const left = (expiresAt ?? 0) - Date.now();
    const waitMs = Math.max(hintMs, SHORTEST_DELAY_MS);
    const lead = Math.min(left / 2, LONGEST_LEAD_MS) * (1 - this.#random() / 2);
    if (!(left > waitMs)) return false;
    this.#timer.start(Math.max(left - lead, waitMs), () => void this.#run(expiresAt));
    return true;
  }

  stop(): void {
    this.#turn++;
    this.#timer.stop();
  }

  async #run(expiresAt: number | null): Promise<void> {
    // The token provider may never answer. Then it is called again.
    this.plan(expiresAt, ANSWER_TIMEOUT_MS);
    const turn = this.#turn;
    try {
      await this.#renew();
    } catch (error) {
      if (turn !== this.#turn) return;
      const hint = (error as RequestError | null)?.retryAfterMs;
      this.#events.emit('refreshFailed', { error, retry: this.plan(expiresAt, hint) });
    }
  }
}

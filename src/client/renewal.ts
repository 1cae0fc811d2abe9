import type { ClientEvents } from './client-state.js';
import type { Emitter } from './emitter.js';
import { RequestError } from './request.error.js';
import { Timer } from './timer.js';

const LONGEST_LEAD_MS = 60_000;
const SHORTEST_DELAY_MS = 1_000;
const PATIENCE_MS = 10_000;

/**
 * Renews the credential of an open connection before it expires. If that fails, or the clocks disagree so much that
 * it has expired already, the server has the last word: it ends the connection, and the next one reauthenticates.
 */
export class Renewal {
  readonly #random: () => number;
  readonly #events: Emitter<ClientEvents>;
  readonly #renew: () => Promise<unknown>;
  readonly #timer = new Timer();
  /** Counts the plans: what a later one made obsolete comes to nothing. */
  #turn = 0;

  constructor(random: () => number, events: Emitter<ClientEvents>, renew: () => Promise<unknown>) {
    this.#random = random;
    this.#events = events;
    this.#renew = renew;
  }

  /**
   * Between a quarter and a half of the time left, at most a minute, before the end; never within `hintMs`. What
   * fails is planned again, so that the tries come closer as time runs out. False when there is no time left.
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
    // Whoever supplies the token may never answer: then it is asked again.
    this.plan(expiresAt, PATIENCE_MS);
    const turn = this.#turn;
    try {
      await this.#renew();
    } catch (error) {
      if (turn !== this.#turn) return;
      const hint = error instanceof RequestError ? error.retryAfterMs : undefined;
      this.#events.emit('refreshFailed', { error, retry: this.plan(expiresAt, hint) });
    }
  }
}

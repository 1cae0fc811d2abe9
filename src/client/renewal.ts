import { backoffDelay, type BackoffRange } from './backoff.js';
import type { RefreshFailure } from './client-state.js';
import { RequestError } from './request.error.js';
import { Timer } from './timer.js';

const LONGEST_LEAD_MS = 60_000;
const SHORTEST_DELAY_MS = 1_000;
const MOST_TRIES = 3;

interface RenewalHandlers {
  /** Resolves with when the new credential expires, epoch milliseconds. */
  renew(): Promise<unknown>;
  renewed(expiresAt: unknown): void;
  failed(failure: RefreshFailure): void;
}

/**
 * Renews the credential of an open connection before it expires. If that fails, or the clocks disagree so much that
 * it has expired already, the server has the last word: it ends the connection, and the next one reauthenticates.
 */
export class Renewal {
  readonly #range: BackoffRange;
  readonly #random: () => number;
  readonly #handlers: RenewalHandlers;
  readonly #timer = new Timer();
  /** Counts the plans: what a later one made obsolete comes to nothing. */
  #turn = 0;

  constructor(range: BackoffRange, random: () => number, handlers: RenewalHandlers) {
    this.#range = range;
    this.#random = random;
    this.#handlers = handlers;
  }

  /** Half of the time left before the end, at most a minute, and a random part of that. */
  plan(expiresAt: unknown): void {
    this.stop();
    const left = typeof expiresAt === 'number' ? expiresAt - Date.now() : 0;
    const lead = (Math.min(left / 2, LONGEST_LEAD_MS) * (1 + this.#random())) / 2;
    if (left > 0) this.#try(Math.max(left - lead, SHORTEST_DELAY_MS), 1);
  }

  stop(): void {
    this.#turn++;
    this.#timer.stop();
  }

  #try(delayMs: number, attempt: number): void {
    this.#timer.start(delayMs, () => void this.#renew(attempt));
  }

  async #renew(attempt: number): Promise<void> {
    const turn = this.#turn;
    const { renew, renewed, failed } = this.#handlers;
    try {
      const expiresAt = await renew();
      if (turn === this.#turn) renewed(expiresAt);
    } catch (error) {
      if (turn !== this.#turn) return;
      const retry = attempt < MOST_TRIES;
      const hint = (error instanceof RequestError && error.retryAfterMs) || 0;
      if (retry) this.#try(hint + backoffDelay(attempt, this.#range, this.#random), attempt + 1);
      failed({ error, retry });
    }
  }
}

import { CloseCode } from '../protocol/close-code.enum.js';
import type { GoodbyeBody } from '../protocol/envelope.js';
import { reconnectAdvice, type ReconnectAdvice } from '../protocol/reconnect-advice.js';
import type { LineEnd } from './line.js';

export interface Verdict {
  next: ReconnectAdvice | null;
  retry: boolean;
}

export interface Backoff {
  baseMs: number;
  maxMs: number;
  random: () => number;
}

/** Decides whether, when and with which credential to reconnect, from past failures and hints of the server. */
export class RetryPlan {
  failures = 0;
  /** Whether the next attempt needs a fresh credential. */
  reauthenticate = false;
  /** Set while the server is about to close the connection. Messages sent from now on may arrive too late. */
  goodbye: GoodbyeBody | null = null;
  readonly #backoff: Backoff;
  #stable = false;
  /** Epoch milliseconds before which the client must not reconnect. */
  #notBefore = 0;
  #limitedUntil = 0;

  constructor(backoff: Backoff) {
    this.#backoff = backoff;
  }

  /** Resets failures and hints. A refused credential is still remembered, because the next attempt needs a new one. */
  start(): void {
    this.failures = 0;
    this.#forgetHints();
  }

  opened(): void {
    this.reauthenticate = false;
    this.#stable = false;
    this.#forgetHints();
  }

  settled(): void {
    this.failures = 0;
    this.#stable = true;
  }

  heardGoodbye(goodbye: GoodbyeBody): void {
    this.goodbye = goodbye;
    this.#notBefore = Date.now() + goodbye.retryAfterMs;
  }

  /** A refused message came with a wait, which applies if the server then closes with 4429. */
  heardLimit(retryAfterMs: number): void {
    this.#limitedUntil = Date.now() + retryAfterMs;
  }

  /** With `fixedToken` there is no fresh credential, so a request for one is final. */
  ended({ phase, code }: LineEnd, fixedToken: boolean): Verdict {
    if (phase !== 'offline' && (phase !== 'open' || !this.#stable)) this.failures++;
    const next = this.goodbye?.reconnect ?? (code ? reconnectAdvice(code) : null);
    this.goodbye = null;
    // Browsers hide the status of a refused handshake, which may have been 401.
    if (phase === 'handshake' || next === 'reauthenticate' || code === CloseCode.UNAUTHENTICATED) {
      this.reauthenticate = true;
    }
    if (code === CloseCode.TOO_MANY_REQUESTS) this.#notBefore = Math.max(this.#notBefore, this.#limitedUntil);
    const final = phase === 'socket' || next === 'never' || (next === 'reauthenticate' && fixedToken);
    return { next, retry: !final };
  }

  /**
   * Milliseconds until the next attempt. It has full jitter from the first retry on, so that clients that lost the same
   * server do not reconnect at the same moment. `soon`: the network is available again.
   */
  delay(soon?: boolean): number {
    const { baseMs, maxMs, random } = this.#backoff;
    const spread = soon ? baseMs : Math.min(maxMs, baseMs * 2 ** this.failures);
    const delayMs = Math.min(maxMs, (soon ? 0 : baseMs) + random() * spread);
    return Math.max(0, this.#notBefore - Date.now()) + delayMs;
  }

  #forgetHints(): void {
    this.goodbye = null;
    this.#notBefore = 0;
    this.#limitedUntil = 0;
  }
}

import assert from 'node:assert/strict';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { DeclaredLimit } from '../../throttling/declared-limit.interface.js';
import { type ThrottlerVerdict, waitOf } from '../../throttling/throttler-verdict.interface.js';
import { knowsCost } from '../../throttling/ws-throttler-storage.interface.js';
import type { Bench } from './contract-case.js';

/** The options of the throttler contracts. @publicApi */
export interface ThrottlerContractOptions {
  /** The number of random schedules per property; default 100. Over a network, each takes time. */
  readonly runs?: number;
}

/** A hit with its result. Times are milliseconds of the stopwatch. */
export interface SentHit {
  readonly sent: number;
  readonly answered: number;
  readonly cost: number;
  readonly isBlocked: boolean;
}

/** A declared limit, as a gateway has it. */
export function declare(limit: number, ttl: number, more: Partial<DeclaredLimit> = {}): DeclaredLimit {
  return Object.freeze({ limit, ttl, blockDuration: 0, maxCost: 1, ...more });
}

/** The details of a hit in addition to its rule. */
export interface HitDetails {
  readonly cost?: number;
  /** The current limit; default: the declared one. */
  readonly limit?: number;
  readonly throttler?: string;
}

/** Counts a hit in the same way as the module. */
export async function hit(
  storage: ThrottlerStorage,
  key: string,
  rule: DeclaredLimit,
  { cost = 1, limit = rule.limit, throttler = 'default' }: HitDetails = {},
): Promise<ThrottlerVerdict> {
  const { ttl, blockDuration } = rule;
  if (!knowsCost(storage)) return storage.increment(key, ttl, limit, blockDuration, throttler);
  return storage.hit
    ? storage.hit(key, ttl, limit, blockDuration, throttler, cost, rule)
    : storage.increment(key, ttl, limit, blockDuration, throttler, cost, rule);
}

/** @throws AssertionError if the hit was refused */
export function assertAccepted({ isBlocked }: ThrottlerVerdict, message?: string): void {
  assert.equal(isBlocked, false, message ?? 'the hit was refused');
}

/** @param slack milliseconds @throws AssertionError if the hit was accepted, or the wait is different */
export function assertRefused(verdict: ThrottlerVerdict, waitMs: number, slack: number): void {
  assert.equal(verdict.isBlocked, true, 'the hit was accepted');
  const { retryAfterMs = Number.NaN, timeToBlockExpire } = verdict;
  assert.ok(Math.abs(retryAfterMs - waitMs) <= slack, `the wait is ${retryAfterMs} ms, not ${waitMs} ms`);
  assert.equal(timeToBlockExpire, Math.ceil(retryAfterMs / 1000), 'the wait in seconds does not match');
}

/** The time of a case: the total of `pass()` if only that advances the clock, otherwise real time. */
export class Stopwatch {
  private passed = 0;
  private readonly start: number;

  constructor(private readonly bench: Bench<ThrottlerStorage>) {
    this.start = bench.now();
  }

  get now(): number {
    return this.bench.toleranceMs === 0 ? this.passed : this.bench.now() - this.start;
  }

  /** The current tolerance for times in milliseconds: that of the store, plus the duration of its answers. */
  get slack(): number {
    return this.bench.toleranceMs + this.now - this.passed;
  }

  async pass(ms: number): Promise<void> {
    this.passed += ms;
    await this.bench.pass(ms);
  }

  /** Sends a hit and records the times of the call and of the answer. */
  async time(cost: number, send: () => Promise<ThrottlerVerdict>): Promise<SentHit> {
    const sent = this.now;
    const verdict = await send();
    if (verdict.isBlocked) assert.ok(waitOf(verdict) > 0, 'a refused hit returned no wait');
    return { sent, answered: this.now, cost, isBlocked: verdict.isBlocked };
  }
}

/**
 * @param accepted in the order in which they were sent
 * @throws AssertionError if a window certainly held more than the limit
 */
export function assertNeverOver(
  accepted: readonly SentHit[],
  limit: number,
  ttl: number,
  toleranceMs: number,
  message: string,
): void {
  accepted.forEach((first, from) => {
    const end = first.sent + ttl - toleranceMs;
    let sum = 0;
    for (let i = from; i < accepted.length; i++) {
      const { sent, answered, cost } = accepted[i] as SentHit;
      if (sent >= end) break;
      if (answered < end) sum += cost;
    }
    assert.ok(sum <= limit, `${message}: ${sum} of ${limit} in the ${ttl} ms from ${first.sent} ms on`);
  });
}

import { Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import { isThenable } from '../time/maybe-promise.js';
import { HandshakeRefusal } from '../errors/handshake.refusal.js';
import type { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { HitCounter } from '../throttling/hit-counter.js';
import { limitOf, type LimitRule, plainRule } from '../throttling/limit-rule.js';
import { InjectWsThrottlerStorage } from '../throttling/throttler-storage.token.js';
import { type ThrottlerVerdict, waitOf } from '../throttling/throttler-verdict.interface.js';
import { decideOn } from './decide-on.js';
import { retryAfter } from './retry-after.js';

/** RFC 6750 §3.1. */
const INVALID_TOKEN: Readonly<Record<string, string>> = {
  'WWW-Authenticate': 'Bearer error="invalid_token"',
};

/** Refuses wrong credentials, all with the same answer, and limits their number per address. */
@Injectable()
export class WrongCredentials {
  private readonly rule: LimitRule;

  constructor(
    @InjectSecurityOptions() { authFailureLimit, authFailureTtlMs }: ResolvedOptions,
    @InjectWsThrottlerStorage() private readonly storage: ThrottlerStorage,
    private readonly hits: HitCounter,
  ) {
    this.rule = plainRule('auth-failure', authFailureLimit, authFailureTtlMs);
  }

  /**
   * @throws HandshakeRefusal synchronously or in the promise
   * @throws OverloadedException synchronously or in the promise, if the storage fails
   */
  refuse(address: string, cause: InvalidCredentialError): void | Promise<void> {
    return decideOn(
      () => this.count(address, cause),
      (refusal) => {
        throw refusal;
      },
    );
  }

  /**
   * @returns the refusal to answer with
   * @throws OverloadedException synchronously or in the promise, if the storage fails
   */
  count(address: string, cause: InvalidCredentialError): HandshakeRefusal | Promise<HandshakeRefusal> {
    const verdict = this.hits.count(this.storage, address, this.rule, this.rule.limit);
    return isThenable(verdict)
      ? verdict.then((later) => this.refusalOn(later, cause))
      : this.refusalOn(verdict, cause);
  }

  private refusalOn(verdict: ThrottlerVerdict, cause: InvalidCredentialError): HandshakeRefusal {
    if (!verdict.isBlocked) return new HandshakeRefusal('UNAUTHENTICATED', INVALID_TOKEN, { cause });
    const details = limitOf(this.rule);
    return new HandshakeRefusal('RATE_LIMITED', retryAfter(waitOf(verdict)), { cause, details });
  }
}

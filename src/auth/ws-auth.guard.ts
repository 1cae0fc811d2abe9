import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import { connectionIn } from '../connection/connection-of.js';
import type { Connection } from '../connection/connection.js';
import { isExpired } from '../connection/principal.js';
import { TokenExpiredException, UnauthenticatedException } from '../errors/ws-exceptions.js';
import { AccessRuleReader } from './access-rule.js';

/**
 * Checks that the principal is authenticated and its credential has not expired. Default deny: an event without
 * `@WsPublic()` needs an authenticated principal.
 *
 * @publicApi
 */
@Injectable()
export class WsAuthGuard implements CanActivate {
  // Properties, so that a subclass can have a constructor of its own that calls `super()`.
  @Inject(AccessRuleReader) protected readonly rules!: AccessRuleReader;
  @Inject(Clock) protected readonly clock!: Clock;

  /** @throws UnauthenticatedException, TokenExpiredException */
  canActivate(context: ExecutionContext): boolean {
    const connection = connectionIn(context);
    // A subclass without types may return a promise, which is not awaited here. It counts as a refusal.
    if (isNot(false, this.isExpired(connection))) throw new TokenExpiredException();
    if (isNot(true, this.isPublic(context)) && isNot(true, this.isAuthenticated(connection)))
      throw new UnauthenticatedException();
    return true;
  }

  /** Whether the principal may send the event, if it has not expired. @internal */
  isKnown(context: ExecutionContext): boolean {
    return this.isPublic(context) || this.isAuthenticated(connectionIn(context));
  }

  protected isExpired({ principal }: Connection): boolean {
    return isExpired(principal, this.clock.now());
  }

  protected isPublic(context: ExecutionContext): boolean {
    return this.rules.ruleOf(context.getClass(), context.getHandler()).isPublic;
  }

  protected isAuthenticated({ principal }: Connection): boolean {
    return principal.id !== null;
  }
}

function isNot(expected: boolean, answer: unknown): boolean {
  return answer !== expected;
}

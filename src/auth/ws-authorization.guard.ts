import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { connectionIn } from '../connection/connection-of.js';
import type { Principal } from '../connection/principal.js';
import { ForbiddenEventException } from '../errors/ws-exceptions.js';
import { isThenable } from '../time/maybe-promise.js';
import { type AccessRule, AccessRuleReader, isAllowed, missingRight } from './access-rule.js';

/**
 * Checks the roles and scopes of the principal for each message, as the decorators require.
 *
 * @publicApi
 */
@Injectable()
export class WsAuthorizationGuard implements CanActivate {
  // A property, so that a subclass can have a constructor of its own that calls `super()`.
  @Inject(AccessRuleReader) protected readonly rules!: AccessRuleReader;

  /** @throws ForbiddenEventException synchronously or in the promise */
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const refusedBy = this.refusalOf(context);
    return isThenable(refusedBy) ? refusedBy.then(permitOrThrow) : permitOrThrow(refusedBy);
  }

  /**
   * What refuses a message, as security events name it; null if nothing does. It costs less than an exception.
   *
   * @internal
   */
  refusalOf(context: ExecutionContext): string | null | Promise<string | null> {
    const { principal } = connectionIn(context);
    const rule = this.rules.ruleOf(context.getClass(), context.getHandler());
    const answer: unknown = this.isAllowed(rule, principal, context);
    if (isThenable(answer))
      return Promise.resolve(answer).then((late: unknown) => this.refusedBy(late, rule, principal));
    return this.refusedBy(answer, rule, principal);
  }

  /**
   * Override this method to add a check. The context contains the client, the body and the handler. A promise delays the
   * message, and those behind it once `WS_MAX_IN_FLIGHT` are waiting.
   */
  protected isAllowed(
    rule: AccessRule,
    principal: Principal,
    _context: ExecutionContext,
  ): boolean | Promise<boolean> {
    return isAllowed(rule, principal);
  }

  /** Only `true` permits: a subclass without types may return other values. */
  private refusedBy(answer: unknown, rule: AccessRule, principal: Principal): string | null {
    if (answer === true) return null;
    return missingRight(rule, principal) ?? `guard ${this.constructor.name}`;
  }
}

/** @param refusedBy as of `refusalOf()` @throws ForbiddenEventException @internal */
export function permitOrThrow(refusedBy: string | null): true {
  if (refusedBy !== null) throw new ForbiddenEventException(refusedBy);
  return true;
}

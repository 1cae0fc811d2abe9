import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { connectionIn } from '../connection/connection-of.js';
import type { Principal } from '../connection/principal.js';
import { ForbiddenEventException } from '../errors/ws-exceptions.js';
import { type AccessRule, AccessRuleReader, isAllowed, missingRight } from './access-rule.js';

/**
 * Checks the roles and scopes of the principal for each message, as the decorators require.
 *
 * @publicApi
 */
@Injectable()
export class WsAuthorizationGuard implements CanActivate {
  constructor(protected readonly rules: AccessRuleReader) {}

  /** @throws ForbiddenEventException */
  canActivate(context: ExecutionContext): boolean {
    const { principal } = connectionIn(context);
    const rule = this.rules.ruleOf(context.getClass(), context.getHandler());
    // A subclass without types may return a promise, which is not awaited here. Anything but true is a refusal.
    const answer: unknown = this.isAllowed(rule, principal, context);
    if (answer !== true)
      throw new ForbiddenEventException(missingRight(rule, principal) ?? `guard ${this.constructor.name}`);
    return true;
  }

  /** Override this method to add a check. The context contains the client, the body and the handler. */
  protected isAllowed(rule: AccessRule, principal: Principal, _context: ExecutionContext): boolean {
    return isAllowed(rule, principal);
  }
}

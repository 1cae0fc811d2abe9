import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { connectionIn } from '../connection/connection-of.js';
import type { Principal } from '../connection/principal.js';
import { ForbiddenEventException } from '../errors/ws-exceptions.js';
import { type AccessRule, AccessRuleReader, isAllowed } from './access-rule.js';

/**
 * May this principal send this event? Holds roles and scopes against the decorators, on every message.
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
    // Anything but true is a refusal, whatever a subclass without types answers: nobody waits for a promise here.
    const answer: unknown = this.isAllowed(rule, principal, context);
    if (answer !== true) throw new ForbiddenEventException();
    return true;
  }

  /** Override to add a decision of your own; the context carries client, body and handler. */
  protected isAllowed(rule: AccessRule, principal: Principal, _context: ExecutionContext): boolean {
    return isAllowed(rule, principal);
  }
}

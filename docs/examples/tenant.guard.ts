import { type ExecutionContext, Injectable } from '@nestjs/common';
import { type AccessRule, type Principal, WsAuthorizationGuard } from 'nestjs-ws-security';

/** Roles count in one's own tenant only: on top of what the decorators say, the token has to be of this one. */
@Injectable()
export class TenantGuard extends WsAuthorizationGuard {
  protected override isAllowed(rule: AccessRule, principal: Principal, context: ExecutionContext): boolean {
    const isOurs = rule.isPublic || principal.claims['tenant'] === 'acme';
    return isOurs && super.isAllowed(rule, principal, context);
  }
}

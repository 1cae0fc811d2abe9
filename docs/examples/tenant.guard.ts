import { type ExecutionContext, Injectable } from '@nestjs/common';
import { type AccessRule, type Principal, WsAuthorizationGuard } from 'nestjs-ws-security';

/** Requires a token of this tenant, in addition to the roles that the decorators name. */
@Injectable()
export class TenantGuard extends WsAuthorizationGuard {
  protected override isAllowed(
    rule: AccessRule,
    principal: Principal,
    context: ExecutionContext,
  ): boolean | Promise<boolean> {
    const isOurs = rule.isPublic || principal.claims['tenant'] === 'acme';
    return isOurs && super.isAllowed(rule, principal, context);
  }
}

import { type ExecutionContext, Injectable } from '@nestjs/common';
import { type AccessRule, type Principal, WsAuthorizationGuard } from 'nestjs-ws-security';
import { Members } from './member.connect-guard.js';

/** Asks the database before each message whether the user is still a member. */
@Injectable()
export class MemberGuard extends WsAuthorizationGuard {
  constructor(private readonly members: Members) {
    super();
  }

  protected override async isAllowed(
    rule: AccessRule,
    principal: Principal,
    context: ExecutionContext,
  ): Promise<boolean> {
    if (!(await super.isAllowed(rule, principal, context))) return false;
    return rule.isPublic || (await this.members.statusOf(principal.id ?? '')) === 'active';
  }
}

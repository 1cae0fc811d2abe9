import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { HitCounter } from '../../throttling/hit-counter.js';
import { type LimitRule, plainRule } from '../../throttling/limit-rule.js';
import { InjectWsThrottlerStorage } from '../../throttling/throttler-storage.token.js';
import { waitOf } from '../../throttling/throttler-verdict.interface.js';
import { isDryRun } from '../http/dry-run.js';
import { OperatorError } from '../http/operator.error.js';
import { ADMIN_SETTINGS, type AdminSettings } from '../ws-admin-options.js';
import {
  hasOneOf,
  operatorKey,
  operatorOf,
  type OperatorPrincipal,
  setOperator,
} from './operator-principal.js';
import { accessOf, type RouteAccess } from './route-access.decorator.js';

const WINDOW_MS = 60_000;

/** Requires a principal with the right to read or to write, and limits its requests. Runs after the guards of `forRoot()`. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly limits: Readonly<Record<RouteAccess, LimitRule>>;

  constructor(
    @Inject(ADMIN_SETTINGS) private readonly settings: AdminSettings,
    @InjectSecurityOptions() { adminReadLimit, adminWriteLimit }: ResolvedOptions,
    @InjectWsThrottlerStorage() private readonly storage: ThrottlerStorage,
    private readonly hits: HitCounter,
  ) {
    this.limits = {
      read: plainRule('admin-read', adminReadLimit, WINDOW_MS),
      write: plainRule('admin-write', adminWriteLimit, WINDOW_MS),
    };
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<object>();
    const principal = operatorOf(request) ?? this.settings.operator?.(request);
    if (!isPrincipal(principal)) throw new OperatorError('UNAUTHENTICATED');
    setOperator(request, principal);
    const access = accessOf(context.getHandler());
    if (!hasOneOf(principal, this.settings[access]))
      throw new OperatorError('FORBIDDEN', `this needs the right to ${access}`);
    await this.count(principal, access === 'write' && isDryRun(request) ? 'read' : access);
    return true;
  }

  private async count(principal: OperatorPrincipal, access: RouteAccess): Promise<void> {
    const rule = this.limits[access];
    const key = operatorKey(principal);
    const wait = waitOf(await this.hits.count(this.storage, key, rule, rule.limit));
    if (wait > 0)
      throw new OperatorError('RATE_LIMITED', `too many requests to ${access}`, {
        'Retry-After': String(Math.ceil(wait / 1000)),
      });
  }
}

/** A guard of the application may return anything. */
function isPrincipal(principal: unknown): principal is OperatorPrincipal {
  const { id } = (principal ?? {}) as Partial<OperatorPrincipal>;
  return typeof id === 'string' && id !== '';
}

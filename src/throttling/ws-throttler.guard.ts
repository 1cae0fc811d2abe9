import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { Connection } from '../connection/connection.js';
import { connectionOf } from '../connection/connection-of.js';
import { RateLimitedException } from '../errors/ws-exceptions.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { ThrottleScopeReader } from './throttle-scope.js';
import { InjectWsThrottlerStorage } from './throttler-storage.token.js';
import { type ThrottlerVerdict, waitOf } from './throttler-verdict.interface.js';

/**
 * One budget per principal over all events and sockets; `@Throttle()` gives an event, or a gateway, its own.
 *
 * @publicApi
 */
@Injectable()
export class WsThrottlerGuard extends ThrottlerGuard {
  constructor(
    @InjectSecurityOptions() { rateLimit: limit, rateTtlMs: ttl }: ResolvedOptions,
    @InjectWsThrottlerStorage() storage: ThrottlerStorage,
    reflector: Reflector,
    protected readonly scopes: ThrottleScopeReader,
  ) {
    // A block would refuse hits that the window has room for again.
    super([{ name: 'default', limit, ttl, blockDuration: 0 }], storage, reflector);
  }

  /** @throws RateLimitedException */
  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, ttl, throttler, blockDuration, getTracker, generateKey } = request;
    const connection = connectionOf(context.switchToWs().getClient<object>());
    const limit = await this.limitOf(connection, request.limit);
    const tracker = await getTracker(connection, context);
    const name = throttler.name ?? 'default';
    const key = generateKey(context, tracker, name);
    const verdict: ThrottlerVerdict = await this.storageService.increment(
      key,
      ttl,
      limit,
      blockDuration,
      name,
    );
    if (verdict.isBlocked) {
      await this.throwThrottlingException(context, { ...verdict, ttl, limit, key, tracker });
    }
    return true;
  }

  /**
   * How many messages a window holds for who is on a connection; override it for limits by plan.
   *
   * @param limit what `WS_RATE_LIMIT` or `@Throttle()` says
   */
  protected limitOf(_connection: Connection, limit: number): number | Promise<number> {
    return limit;
  }

  /** Whom a hit is counted for: the principal, or the address of somebody anonymous. */
  protected override getTracker(connection: Record<string, unknown>): Promise<string> {
    return Promise.resolve(connection['limitKey'] as string);
  }

  /** Which budget: the principal's one, or that of an event with a `@Throttle()` of its own. */
  protected override generateKey(context: ExecutionContext, tracker: string, name: string): string {
    return `${this.scopes.scopeOf(context.getClass(), context.getHandler(), name)}|${tracker}`;
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    detail: ThrottlerLimitDetail & ThrottlerVerdict,
  ): Promise<void> {
    return Promise.reject(new RateLimitedException(waitOf(detail)));
  }
}

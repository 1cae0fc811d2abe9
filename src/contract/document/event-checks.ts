import type { CanActivate } from '@nestjs/common';
import { Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { AccessRuleReader } from '../../auth/access-rule.js';
import { WsAuthGuard } from '../../auth/ws-auth.guard.js';
import { WsAuthorizationGuard } from '../../auth/ws-authorization.guard.js';
import { ChosenEnhancers } from '../../gateway/enhancers/chosen-enhancers.js';
import { GatewayPipe } from '../../gateway/enhancers/gateway-enhancers.js';
import { GuardChains } from '../../gateway/guards/guard-chains.js';
import { UnpreparedBodyGuard } from '../../gateway/guards/unprepared-body.guard.js';
import { WsGuardChain } from '../../gateway/guards/ws-guard-chain.js';
import type { Callable } from '../../nest/handler-metadata.js';
import { GUARDS_METADATA, INTERCEPTORS_METADATA, PIPES_METADATA } from '../../nest/metadata-keys.js';
import { WsThrottlerGuard } from '../../throttling/ws-throttler.guard.js';
import { WsValidationPipe } from '../../validation/ws-validation.pipe.js';
import { EventLimitReader } from './event-limits.js';

const OF_THE_MODULE: readonly unknown[] = [
  WsAuthGuard,
  WsThrottlerGuard,
  WsAuthorizationGuard,
  UnpreparedBodyGuard,
  WsGuardChain,
  WsValidationPipe,
  GatewayPipe,
];

/** Who may send an event, how often, and what of the application has a say in that. */
@Injectable()
export class EventChecks {
  constructor(
    private readonly access: AccessRuleReader,
    private readonly limits: EventLimitReader,
    private readonly guards: GuardChains,
    private readonly enhancers: ChosenEnhancers,
    private readonly config: ApplicationConfig,
  ) {}

  /** Whether the application has started, so that its guards and its pipe are known. */
  get areKnown(): boolean {
    return (this.enhancers as Partial<ChosenEnhancers>).pipe !== undefined;
  }

  isPublic(gateway: Callable, handler: Callable): boolean {
    return this.access.ruleOf(gateway, handler).isPublic;
  }

  /** Whether an interceptor may change what a handler returns. */
  isIntercepted(gateway: Callable, handler: Callable): boolean {
    return (
      this.config.getGlobalInterceptors().length > 0 ||
      this.config.getGlobalRequestInterceptors().length > 0 ||
      [gateway, handler].some((one) => Reflect.hasMetadata(INTERCEPTORS_METADATA, one))
    );
  }

  /** The checks as an extension of the operation. */
  of(gateway: Callable, handler: Callable): Readonly<Record<string, unknown>> {
    const { isPublic, roles, scopes } = this.access.ruleOf(gateway, handler);
    const guards = this.guardsOf(gateway, handler);
    const pipes = ownNames([this.enhancers.pipe, ...boundOn(PIPES_METADATA, gateway, handler)]);
    return {
      access: isPublic ? 'public' : 'authenticated',
      ...(roles && { anyRole: roles.toSorted() }),
      ...(scopes && { allScopes: scopes.toSorted() }),
      ...this.limits.of(gateway, handler),
      ...(guards.length > 0 && { guards }),
      ...(pipes.length > 0 && { pipes }),
    };
  }

  private guardsOf(gateway: Callable, handler: Callable): string[] {
    const chain: readonly CanActivate[] = this.guards.of(gateway);
    return ownNames([...chain, ...boundOn(GUARDS_METADATA, gateway, handler)]);
  }
}

function boundOn(key: string, ...places: readonly Callable[]): unknown[] {
  return places.flatMap((place) => (Reflect.getMetadata(key, place) as unknown[] | undefined) ?? []);
}

/** The class names of those that belong to the application. */
function ownNames(bound: readonly unknown[]): string[] {
  const classes = bound.map((one) => (typeof one === 'function' ? one : (one as object).constructor));
  const own = classes.filter((type) => !OF_THE_MODULE.includes(type));
  return [...new Set(own.map(({ name }) => name))];
}

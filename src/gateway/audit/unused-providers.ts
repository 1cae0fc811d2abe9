import { Inject, Injectable, type InjectionToken, type Provider, ValidationPipe } from '@nestjs/common';
import { ApplicationConfig, DiscoveryService, ModuleRef } from '@nestjs/core';
import { ThrottlerGuard, ThrottlerStorage } from '@nestjs/throttler';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { InstanceWrapper, Module } from '../../nest/instance-wrapper.js';
import { WsConnectGuard } from '../../handshake/ws-connect.guard.js';
import { WsExceptionFilter } from '../../messages/ws-exception.filter.js';
import { WsPolicyGuard } from '../../messages/ws-policy.guard.js';
import { WS_THROTTLER_STORAGE } from '../../throttling/throttler-storage.token.js';
import { WsValidationPipe } from '../../validation/ws-validation.pipe.js';
import { MODULE_PROVIDERS, providersIn, tokenOf } from './provider-token.js';

/** Tokens that the module never injects, and their alternatives. */
const NEVER_ASKED = new Map<InjectionToken, string>([
  [WsConnectGuard, 'name the class in connectGuards'],
  [WsPolicyGuard, 'name the class in guards, or bind it with @UseGuards()'],
  [ThrottlerGuard, 'provide WsThrottlerGuard, or name a class that extends it in guards'],
  [ThrottlerStorage, 'provide WS_THROTTLER_STORAGE'],
  [ValidationPipe, 'provide WsValidationPipe'],
]);

/** Classes that replacements must extend. */
const MUST_EXTEND = [WsValidationPipe, WsExceptionFilter];

const TWICE = {
  name: 'WsSecurityModule',
  message: 'is imported with forRoot() more than once; import it in one module only, it is global',
};

// `MODULE_METADATA.PROVIDERS` of @nestjs/common.
const PROVIDERS = 'providers';

/** Finds providers that are meant to replace those of the module but are never used. */
@Injectable()
export class UnusedProviders {
  constructor(
    private readonly discovery: DiscoveryService,
    @Inject(MODULE_PROVIDERS) private readonly given: unknown,
  ) {}

  find(): ConfigurationProblem[] {
    const all = this.discovery.getProviders();
    const homes = new Set(all.filter(({ token }) => token === UnusedProviders).map(({ host }) => host));
    if (homes.size > 1) return [TWICE];
    const [home] = homes;
    return [...this.neverAsked(), ...all.flatMap((wrapper) => problemsOf(wrapper, home as Module))];
  }

  private neverAsked(): ConfigurationProblem[] {
    const tokens = new Set(providersIn(this.given).map(tokenOf));
    // Providing the storage under both tokens is fine.
    if (tokens.has(WS_THROTTLER_STORAGE)) tokens.delete(ThrottlerStorage);
    return [...tokens].flatMap((token) => {
      const hint = NEVER_ASKED.get(token);
      const message = `is given ${nameOf(token)} in providers, which has no effect; ${hint}`;
      return hint === undefined ? [] : [{ name: 'WsSecurityModule', message }];
    });
  }
}

function problemsOf(wrapper: InstanceWrapper, home: Module): ConfigurationProblem[] {
  const { token, host, metatype } = wrapper;
  if (host === home) return wrongKind(wrapper);
  // A class that is provided under its own token replaces nothing.
  if (metatype === token || !ownTokens(home).has(token)) return [];
  const message =
    `provides ${nameOf(token)}, which only the providers of WsSecurityModule can replace; ` +
    `write it as WsSecurityModule.forRoot({ providers: [{ provide: ${nameOf(token)}, … }] })`;
  return [{ name: host?.name ?? 'the application', message }];
}

function wrongKind({ token, instance }: InstanceWrapper): ConfigurationProblem[] {
  const base = MUST_EXTEND.find((type) => type === token);
  if (!base || instance === null || instance === undefined || instance instanceof base) return [];
  const message = `is given a provider for ${base.name} that does not extend it; let its class extend ${base.name}`;
  return [{ name: 'WsSecurityModule', message }];
}

function ownTokens({ metatype }: Module): ReadonlySet<InjectionToken> {
  const providers = (Reflect.getMetadata(PROVIDERS, metatype) ?? []) as Provider[];
  const tokens = new Set(providers.map(tokenOf));
  for (const everywhere of [ModuleRef, ApplicationConfig]) tokens.delete(everywhere);
  return tokens;
}

function nameOf(token: InjectionToken): string {
  return typeof token === 'function'
    ? token.name
    : String(typeof token === 'symbol' ? token.description : token);
}

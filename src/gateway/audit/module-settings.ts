import { Inject, Injectable } from '@nestjs/common';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { kindOf } from '../../options/kind-of.js';
import { namedThrottlerProblems } from '../../throttling/named-throttlers.js';
import { WS_THROTTLERS } from '../../throttling/throttlers.token.js';
import { isClassList } from './class-list.js';
import { MODULE_CONNECT_GUARDS } from '../guards/connect-guards.js';
import { MODULE_GUARDS } from '../guards/guard-chains.js';
import { MODULE_UNSECURED } from '../unsecured/unsecured-list.js';
import { MODULE_PROVIDERS } from './provider-token.js';

/** Checks the arguments of `forRoot()` that are not options. They may be anything at runtime. */
@Injectable()
export class ModuleSettings {
  constructor(
    @Inject(MODULE_GUARDS) private readonly guards: unknown,
    @Inject(MODULE_CONNECT_GUARDS) private readonly connectGuards: unknown,
    @Inject(MODULE_PROVIDERS) private readonly providers: unknown,
    @Inject(MODULE_UNSECURED) private readonly unsecured: unknown,
    @Inject(WS_THROTTLERS) private readonly throttlers: unknown,
  ) {}

  problems(): ConfigurationProblem[] {
    const { guards, connectGuards, unsecured, providers } = this;
    const wrong = Object.entries({ guards, connectGuards, unsecured })
      .filter(([, list]) => !isClassList(list))
      .map(([name]) => `must have a list of classes as ${name}`);
    if (!Array.isArray(providers)) wrong.push(`must have a list as providers, not ${kindOf(providers)}`);
    return [...wrong, ...namedThrottlerProblems(this.throttlers)].map((message) => ({
      name: 'WsSecurityModule',
      message,
    }));
  }
}

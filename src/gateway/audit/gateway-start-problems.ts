import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { TokenVerifier } from '../../auth/token-verifier.js';
import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { FurtherOptions } from '../../options/further-options.js';
import { StartProblems } from '../../options/start-problems.js';
import { hasVerifier } from '../../options/verifier-rules.js';
import { GatewayAudit } from './gateway-audit.js';
import { GatewayExplorer } from '../gateway-explorer.js';
import { ModuleSettings } from './module-settings.js';
import { plaintextProblems, willServeTls } from './plaintext.js';
import { MODULE_PROVIDERS, providersIn, tokenOf } from './provider-token.js';
import { allowanceProblems } from './unsecured-gateways.js';
import { unverifiedProblems } from './unverified-gateways.js';

/** Problems of gateways and the server that can be found before the providers of the module are created. */
@Injectable()
export class GatewayStartProblems extends StartProblems {
  constructor(
    private readonly explorer: GatewayExplorer,
    private readonly audit: GatewayAudit,
    private readonly host: HttpAdapterHost,
    private readonly moduleRef: ModuleRef,
    private readonly settings: ModuleSettings,
    @Inject(MODULE_PROVIDERS) private readonly providers: unknown,
  ) {
    super();
  }

  override ofSettings(): readonly ConfigurationProblem[] {
    return [
      ...this.settings.problems(),
      ...furtherOptionsIn(this.providers).flatMap((one) => one.problems()),
    ];
  }

  override beside(options: ResolvedOptions): readonly ConfigurationProblem[] {
    const gateways = this.explorer.explore();
    const isVerified = providersIn(this.providers).some((provider) => tokenOf(provider) === TokenVerifier);
    const isSecure = willServeTls(this.host, this.moduleRef);
    return [
      ...this.audit.problemsOf(gateways),
      ...unverifiedProblems(gateways, options, isVerified || hasVerifier(options)),
      ...allowanceProblems(gateways, options),
      // If this is not known yet, it is reported later.
      ...plaintextProblems(gateways, options, isSecure ?? true),
    ];
  }
}

/** Options of other entry points, which are provided as values. */
function furtherOptionsIn(providers: unknown): FurtherOptions[] {
  return providersIn(providers)
    .map((provider) =>
      typeof provider === 'object' && 'useValue' in provider ? (provider.useValue as unknown) : null,
    )
    .filter((value) => value instanceof FurtherOptions);
}

import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { WsConfigurationError } from '../../errors/configuration.error.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { CONTRACT_OPTIONS } from '../contract-options.js';

/** Stops the start if everybody could read the contract in production. */
@Injectable()
export class ContractAccess implements OnModuleInit {
  constructor(
    @InjectSecurityOptions() private readonly security: ResolvedOptions,
    @Inject(CONTRACT_OPTIONS) private readonly given: { readonly guards?: readonly unknown[] },
  ) {}

  /** @throws WsConfigurationError */
  onModuleInit(): void {
    if (!this.security.production || (this.given.guards ?? []).length > 0) return;
    const message =
      'would show the contract to everybody in production; ' +
      "give it guards, or enabled: process.env.NODE_ENV !== 'production'";
    throw new WsConfigurationError([{ name: 'WsContractModule', message }]);
  }
}

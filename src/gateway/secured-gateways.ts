import { Injectable } from '@nestjs/common';
import { WsConfigurationError } from '../errors/configuration.error.js';
import type { EndpointPolicy } from '../handshake/endpoint.interface.js';
import { GatewayAudit } from './gateway-audit.js';
import { type DiscoveredGateway, GatewayExplorer } from './gateway-explorer.js';
import { GatewayHooks } from './gateway-hooks.js';

/** The gateways of the application, audited once and with their hooks made safe. */
@Injectable()
export class SecuredGateways {
  private verified: DiscoveredGateway[] | undefined;

  constructor(
    private readonly explorer: GatewayExplorer,
    private readonly audit: GatewayAudit,
    private readonly hooks: GatewayHooks,
  ) {}

  /**
   * Looks at all gateways before the first is bound, so that everything wrong is said at once.
   *
   * @throws WsConfigurationError
   */
  verify(): void {
    if (this.verified) return;
    const gateways = this.explorer.explore();
    const problems = this.audit.problemsOf(gateways);
    if (problems.length > 0) throw new WsConfigurationError(problems);
    for (const { instance, name } of gateways) this.hooks.guard(instance, name);
    this.verified = gateways;
  }

  policyOf(port: number, path: string): EndpointPolicy {
    const options = this.verified?.find(
      (gateway) => (gateway.options?.port ?? 0) === port && pathOf(gateway) === path,
    )?.options;
    return { isPublic: options?.public === true, protocols: options?.protocols };
  }
}

function pathOf({ options }: DiscoveredGateway): string | undefined {
  return options?.path;
}

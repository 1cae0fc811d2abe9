import { Injectable, Logger } from '@nestjs/common';
import { Counters } from '../../counters/counters.js';
import type { EndpointPolicy } from '../../handshake/handshake.js';
import { PlainSocket } from '../../messages/plain/plain-socket.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';
import { GatewayEndpoint } from '../gateway.endpoint.js';
import { GatewayHooks } from '../gateway-hooks.js';
import { ConnectGuards } from '../guards/connect-guards.js';
import { protocolChoiceOf } from './protocol-choice.js';
import type { UnsecuredGatewayOptions } from './unsecured-options.js';
import { UnsecuredSetup } from './unsecured.setup.js';
import { type VerifyClient, VerifyClientGuard } from './verify-client.guard.js';

type PendingPolicy = { -readonly [K in keyof EndpointPolicy]: EndpointPolicy[K] };

/** The gateways of `forRoot({ unsecured })`: served behind the same edge, with the semantics of Nest's own adapter. */
@Injectable()
export class UnsecuredGateways {
  private readonly logger = new Logger('WsSecurity');
  private readonly endpoints = new Map<string, GatewayEndpoint>();
  private readonly pending = new Map<PendingPolicy, UnsecuredGatewayOptions>();
  private gateways: readonly DiscoveredGateway[] = [];

  constructor(
    private readonly hooks: GatewayHooks,
    private readonly connectGuards: ConnectGuards,
    private readonly setup: UnsecuredSetup,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly counters: Counters,
  ) {}

  /** Takes the audited gateways, once. */
  take(gateways: readonly DiscoveredGateway[]): void {
    this.gateways = gateways;
    for (const { instance, name, handlers, unsecured } of gateways) {
      this.hooks.guardUnsecured(instance, name);
      const counters = this.counters.introduce(unsecured?.path ?? '/');
      for (const { event } of handlers) if (typeof event === 'string') counters.introduce(event);
    }
    if (gateways.length > 0) this.logger.warn(warningOf(gateways.map(({ name }) => name)));
  }

  /**
   * The endpoint of the unsecured gateways with a port and the path of their decorator.
   *
   * @returns undefined if there are none
   */
  endpointOf(port: number, path: unknown): GatewayEndpoint | undefined {
    const own = this.gateways.find(
      ({ unsecured }) => unsecured?.port === port && unsecured.given['path'] === path,
    );
    if (!own?.unsecured) return undefined;
    const key = `${port} ${own.unsecured.path ?? ''}`;
    const endpoint = this.endpoints.get(key) ?? this.create(own.unsecured);
    this.endpoints.set(key, endpoint);
    return endpoint;
  }

  /** Creates the connect guards, as `SecuredGateways.prepare()` does. */
  async prepare(): Promise<void> {
    for (const [policy, { given }] of this.pending) {
      const guards = await this.connectGuards.of([]);
      const verify = given['verifyClient'] as VerifyClient | undefined;
      policy.connectGuards = verify ? [...guards, new VerifyClientGuard(verify)] : guards;
    }
    this.pending.clear();
  }

  private create(gateway: UnsecuredGatewayOptions): GatewayEndpoint {
    const policy: PendingPolicy = {
      isPublic: true,
      isUnsecured: true,
      protocols: undefined,
      connectGuards: undefined,
    };
    this.pending.set(policy, gateway);
    const open: GatewayEndpoint['open'] = (...parts) => this.setup.open(...parts);
    const isForAnyPath = gateway.path === undefined;
    return new GatewayEndpoint({ path: gateway.path ?? '/', isForAnyPath, policy }, this.options, open, {
      WebSocket: PlainSocket,
      ...protocolChoiceOf(gateway),
    });
  }
}

function warningOf(names: readonly string[]): string {
  const [are, their, them] = names.length === 1 ? ['is', 'its', 'it'] : ['are', 'their', 'them'];
  return (
    `${names.join(', ')} ${are} unsecured: this module checks neither who sends ${their} messages nor what they ` +
    `contain. Replace @WebSocketGateway(...) with @SecureGateway({ path: ... }) and remove ${them} from ` +
    'forRoot({ unsecured })'
  );
}

import { Injectable } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { TokenVerifier } from '../auth/token-verifier.js';
import { UnconfiguredVerifier } from '../auth/unconfigured.verifier.js';
import { Counters } from '../counters/counters.js';
import { type ConfigurationProblem, WsConfigurationError } from '../errors/configuration.error.js';
import type { EndpointPolicy } from '../handshake/handshake.js';
import { MessageFaults } from '../messages/message-faults.js';
import type { EventTarget } from '../messages/event-target.interface.js';
import type { ResolvedOptions } from '../options/options.schema.js';
import { InjectSecurityOptions } from '../options/options.token.js';
import { unknownVariables } from '../options/unknown-variables.js';
import type { Connection } from '../connection/connection.js';
import { areCallsWrapped } from '../nest/wrapped-calls.js';
import { DeclaredLimits } from '../throttling/declared-limits.js';
import { type BudgetInForce, WsThrottlerGuard } from '../throttling/ws-throttler.guard.js';
import { UNVALIDATED_BODY } from '../validation/unvalidated-body.decorator.js';
import { ChosenEnhancers } from './enhancers/chosen-enhancers.js';
import { ConnectGuards } from './guards/connect-guards.js';
import { eventTargetsOf } from './event-targets.js';
import { allowanceProblems } from './audit/unsecured-gateways.js';
import { UnsecuredGateways } from './unsecured/unsecured-gateways.js';
import { GatewayAudit } from './audit/gateway-audit.js';
import { type DiscoveredGateway, GatewayExplorer } from './gateway-explorer.js';
import { GatewayHooks } from './gateway-hooks.js';
import { GuardChains } from './guards/guard-chains.js';
import { leaveOutPlainThrottlers } from './guards/plain-throttler.js';
import { unverifiedProblems } from './audit/unverified-gateways.js';
import { chainFilters } from './enhancers/ws-filter-chain.js';

type PendingPolicy = { -readonly [K in keyof EndpointPolicy]: EndpointPolicy[K] } & {
  readonly targets: Map<string, EventTarget>;
};

/** Requirements of the gateways on a path for handshakes, and the targets of their events. */
export type GatewayPolicy = EndpointPolicy & { readonly targets: ReadonlyMap<string, EventTarget> };

/** The secured gateways of the application: audited once, with wrapped hooks. */
@Injectable()
export class SecuredGateways {
  private verified: DiscoveredGateway[] | undefined;
  private readonly pending = new Map<PendingPolicy, DiscoveredGateway[]>();

  constructor(
    private readonly explorer: GatewayExplorer,
    private readonly audit: GatewayAudit,
    private readonly hooks: GatewayHooks,
    private readonly connectGuards: ConnectGuards,
    private readonly guards: GuardChains,
    private readonly enhancers: ChosenEnhancers,
    private readonly config: ApplicationConfig,
    private readonly limits: DeclaredLimits,
    private readonly verifier: TokenVerifier,
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly faults: MessageFaults,
    private readonly unsecured: UnsecuredGateways,
    private readonly counters: Counters,
  ) {
    // Nest reads the filters before it asks for the adapter.
    for (const gateway of explorer.classes()) chainFilters(gateway);
  }

  /**
   * Checks all gateways before the first one is bound, so that all problems are reported at once.
   *
   * @param serverProblems returns the problems of the servers that the gateways are bound to
   * @throws WsConfigurationError
   */
  verify(
    serverProblems: (gateways: readonly DiscoveredGateway[]) => ConfigurationProblem[] = () => [],
  ): void {
    if (this.verified) return;
    const gateways = this.explorer.explore();
    const isVerified = !(this.verifier instanceof UnconfiguredVerifier);
    const problems = [
      ...this.audit.problemsOf(gateways),
      ...unverifiedProblems(gateways, this.options, isVerified),
      ...allowanceProblems(gateways, this.options),
      ...serverProblems(gateways),
    ];
    if (problems.length > 0) throw new WsConfigurationError([...problems, ...unknownVariables(process.env)]);
    const secured = gateways.filter(({ unsecured }) => !unsecured);
    for (const { instance, name } of secured) this.hooks.guard(instance, name);
    this.limits.introduce(
      secured.map(({ instance, handlers }) => ({ gateway: instance.constructor, handlers })),
    );
    this.unsecured.take(gateways.filter(({ unsecured }) => unsecured));
    this.verified = secured;
  }

  /** The handlers that take a body without validation, and why. */
  get unvalidated(): readonly string[] {
    return (this.verified ?? []).flatMap(({ name, handlers }) =>
      handlers.flatMap(({ method, callback }) => {
        const reason = Reflect.getMetadata(UNVALIDATED_BODY, callback) as unknown;
        return typeof reason === 'string' ? [`${name}.${method}: ${reason}`] : [];
      }),
    );
  }

  /** The policy of the gateways on a path; `prepare()` completes it. */
  policyOf(port: number, path: string): GatewayPolicy {
    const gateways = (this.verified ?? []).filter(
      ({ options }) => (options?.port ?? 0) === port && options?.path === path,
    );
    const policy: PendingPolicy = {
      isPublic: gateways.length > 0 && gateways.every(({ options }) => options?.public === true),
      isUnsecured: false,
      protocols: gateways[0]?.options?.protocols,
      connectGuards: undefined,
      targets: new Map(),
    };
    this.pending.set(policy, gateways);
    return policy;
  }

  /**
   * Creates the guards. This is a separate step, because Nest binds gateways synchronously, and instances are created
   * asynchronously.
   */
  async prepare(): Promise<void> {
    await this.enhancers.prepare();
    const verified = this.verified ?? [];
    await this.guards.prepare(verified);
    const classes = new Set<object>(verified.map(({ instance }) => instance.constructor));
    leaveOutPlainThrottlers(this.config.getGlobalGuards(), (gateway) => classes.has(gateway));
    for (const [policy, gateways] of this.pending) {
      policy.connectGuards = await this.connectGuards.of(gateways);
      for (const gateway of gateways)
        for (const [event, target] of this.targetsOf(gateway)) policy.targets.set(event, target);
    }
    this.pending.clear();
    await this.unsecured.prepare();
  }

  /** The budgets of a connection, each one once. */
  async budgetsOf(connection: Connection): Promise<BudgetInForce[]> {
    const budgets = new Map<string, BudgetInForce>();
    for (const { instance, options, handlers } of this.verified ?? []) {
      if (options?.path !== connection.path) continue;
      const throttler = this.guards
        .of(instance.constructor)
        .find((guard) => guard instanceof WsThrottlerGuard);
      for (const budget of (await throttler?.budgetsOf(connection, instance.constructor, handlers)) ?? [])
        budgets.set(`${budget.throttler}|${budget.scope}`, budget);
    }
    return [...budgets.values()];
  }

  private targetsOf(gateway: DiscoveredGateway): [event: string, target: EventTarget][] {
    const { config } = this;
    const everywhere = {
      isIntercepted:
        config.getGlobalInterceptors().length > 0 || config.getGlobalRequestInterceptors().length > 0,
      needsNest:
        areCallsWrapped() ||
        [
          config.getGlobalGuards(),
          config.getGlobalRequestGuards(),
          config.getGlobalPipes(),
          config.getGlobalRequestPipes(),
        ].some((list) => list.length > 0),
    };
    const guards = this.guards.of(gateway.instance.constructor);
    const counters = this.counters.introduce(gateway.options?.path ?? '/');
    return eventTargetsOf(gateway, guards, this.enhancers, everywhere, this.faults, counters);
  }
}

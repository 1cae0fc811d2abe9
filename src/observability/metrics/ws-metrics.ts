import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConnectionLifecycleService } from '../../connection/connection-lifecycle.service.js';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { DrainService } from '../../connection/drain.service.js';
import { AwaySessions } from '../../connection/resume/away-sessions.js';
import { servedOf } from '../../connection/served-connection.js';
import { Counters } from '../../counters/counters.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { Clock } from '../../time/clock.js';
import { SecurityEvents } from '../security-events.js';
import { abuseFamilies } from './abuse.families.js';
import { doorFamilies } from './door.families.js';
import { endingFamilies } from './ending.families.js';
import { messageFamilies } from './message.families.js';
import type { MetricFamily, MetricLabels } from './metric-family.js';
import { InjectMetricSources, type MetricSources } from './metric-sources.js';
import { nodeFamilies } from './node.families.js';
import { pressureFamilies } from './pressure.families.js';
import { RunningMetrics } from './running-metrics.js';
import { versions } from './versions.js';

/**
 * The metrics of this node. They are always counted, and read only when somebody asks. No label depends on what
 * clients choose.
 *
 * @publicApi
 */
@Injectable()
export class WsMetrics implements OnModuleInit, OnApplicationShutdown {
  /** The labels of `ws_security_info`. */
  private readonly info: MetricLabels;

  /** @internal */
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    @InjectMetricSources() private readonly sources: MetricSources,
    private readonly counters: Counters,
    private readonly clock: Clock,
    private readonly registry: ConnectionRegistry,
    private readonly drain: DrainService,
    private readonly away: AwaySessions,
    private readonly security: SecurityEvents,
    node: NodeIdentity,
    lifecycle: ConnectionLifecycleService,
  ) {
    this.info = { ...versions(), service: node.service, node: node.name };
    lifecycle.listen((event) => {
      if (event.type !== 'closed') return;
      const { connection, code, cause } = event;
      servedOf(connection).counters.closed(code, cause, clock.now() - connection.openedAt);
    });
  }

  onModuleInit(): void {
    RunningMetrics.add(this);
  }

  onApplicationShutdown(): void {
    RunningMetrics.delete(this);
  }

  /** Reads all metrics. The work does not depend on the number of connections. */
  collect(): MetricFamily[] {
    const { counters, options, registry, drain, away, sources } = this;
    return [
      ...doorFamilies(counters, { limit: options.maxConnections, principals: registry.principals }),
      ...messageFamilies(counters),
      ...abuseFamilies(counters, {
        bans: sources.bans(),
        events: this.security.counted,
        suppressed: this.security.suppressed,
      }),
      ...endingFamilies(counters, { isDraining: drain.isLeaving, awaySessions: away.size }),
      ...pressureFamilies(counters),
      ...nodeFamilies(counters.stores, sources, this.info, this.clock.now()),
    ];
  }
}

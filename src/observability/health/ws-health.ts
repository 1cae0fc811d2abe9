import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { DrainService } from '../../connection/drain.service.js';
import type { PartHealth } from '../../connection/part-health.js';
import { Faults } from '../../faults/faults.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { EventLoopWatch } from './event-loop-watch.js';
import { type HealthSources, InjectHealthSources } from './health-sources.js';

/** An event loop that is later than this does not turn any more. */
const STUCK_MS = 5000;
/** The share of `WS_MAX_CONNECTIONS` from which on a node is nearly full. */
const NEARLY_FULL = 0.9;

/** Why a node is degraded or not ready. @publicApi */
export type ReadinessReason = 'not-listening' | 'draining' | 'verifier' | 'store' | 'connections';

/** Whether clients should be sent to this node. @publicApi */
export interface Readiness {
  /** A `degraded` node still serves clients. */
  status: 'ready' | 'degraded' | 'not-ready';
  /** Empty if it is ready. */
  reasons: readonly ReadinessReason[];
}

/**
 * The result of a health check in the shape that `@nestjs/terminus` expects.
 *
 * @publicApi
 */
export interface HealthResult<Status extends 'up' | 'degraded' | 'down' = 'up' | 'down'> {
  status: Status;
  /** Set if a degraded node is reported as `up`. */
  degraded?: true;
  reasons?: readonly ReadinessReason[];
}

/**
 * Answers the probes of an orchestrator or a load balancer. The answers need no I/O.
 *
 * @publicApi
 */
@Injectable()
export class WsHealth implements OnApplicationShutdown {
  private readonly loop = new EventLoopWatch();

  /** @internal */
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    @InjectHealthSources() private readonly sources: HealthSources,
    private readonly registry: ConnectionRegistry,
    private readonly drain: DrainService,
    private readonly faults: Faults,
  ) {}

  /** Whether the event loop turns. A restart helps against nothing else, so nothing else is asked. */
  isLive(): boolean {
    return this.loop.latenessMs < STUCK_MS;
  }

  /** Whether clients should be sent to this node, and why not. It falls before a drain begins. */
  readiness(): Readiness {
    const parts: [ReadinessReason, PartHealth][] = [
      ['not-listening', this.drain.isListening ? 'ready' : 'unready'],
      ['draining', this.drain.isLeaving ? 'unready' : 'ready'],
      ['verifier', this.ask(this.sources.verifier)],
      ['store', this.ask(this.sources.store)],
      ['connections', this.isNearlyFull ? 'degraded' : 'ready'],
    ];
    const reasonsOf = (state: PartHealth): ReadinessReason[] =>
      parts.filter(([, health]) => health === state).map(([reason]) => reason);
    const [unready, degraded] = [reasonsOf('unready'), reasonsOf('degraded')];
    if (unready.length > 0) return { status: 'not-ready', reasons: unready };
    return { status: degraded.length > 0 ? 'degraded' : 'ready', reasons: degraded };
  }

  /**
   * The readiness as a result of `@nestjs/terminus` 11 and 12:
   * `health.check([() => wsHealth.check('websockets')])`.
   *
   * @param name of the result
   * @param degraded whether a degraded node has the status `degraded`, which terminus knows since version 12
   */
  check<Name extends string>(name: Name, options?: { degraded?: false }): Record<Name, HealthResult>;
  check<Name extends string>(
    name: Name,
    options: { degraded: boolean },
  ): Record<Name, HealthResult<'up' | 'degraded' | 'down'>>;
  check(name: string, { degraded = false } = {}): Record<string, HealthResult<'up' | 'degraded' | 'down'>> {
    const { status, reasons } = this.readiness();
    return { [name]: resultOf(status, reasons, degraded) };
  }

  onApplicationShutdown(): void {
    this.loop.stop();
  }

  private get isNearlyFull(): boolean {
    return this.registry.size > this.options.maxConnections * NEARLY_FULL;
  }

  /** A part that cannot tell is not ready. */
  private ask(source: () => PartHealth): PartHealth {
    try {
      return source();
    } catch (error) {
      this.faults.report('A health check failed', error);
      return 'unready';
    }
  }
}

function resultOf(
  status: Readiness['status'],
  reasons: readonly ReadinessReason[],
  isDegradedKnown: boolean,
): HealthResult<'up' | 'degraded' | 'down'> {
  if (status === 'ready') return { status: 'up' };
  if (status === 'not-ready') return { status: 'down', reasons };
  return isDegradedKnown ? { status: 'degraded', reasons } : { status: 'up', degraded: true, reasons };
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { z } from 'zod';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { DrainService } from '../../connection/drain.service.js';
import { limitKeyOf } from '../../connection/principal.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { NodeQuestions } from '../../nodes/node-questions.js';
import { PACKAGE_VERSION } from '../../nodes/package-version.js';
import { WsHealth } from '../../observability/health/ws-health.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { Clock } from '../../time/clock.js';
import { ConfigReport } from '../config/config-report.js';
import type { NodeSummary, Overview } from '../contract/overview.interface.js';
import { COUNT, MOMENT } from '../nodes/answer-shapes.js';
import { CheckedQuestions } from '../nodes/checked-questions.js';
import { bodiesOf, nodesOf } from '../nodes/nodes-answered.js';
import { RefusalTally } from '../refusals/refusal-tally.js';

const NODE = 'admin.node';

const SUMMARY: z.ZodType<NodeSummary> = z.object({
  id: z.string(),
  name: z.string(),
  isSelf: z.boolean(),
  startedAt: MOMENT,
  version: z.string(),
  health: z.enum(['ready', 'degraded', 'unready']),
  isDraining: z.boolean(),
  connections: COUNT,
  maxConnections: COUNT,
  users: COUNT,
  anonymous: COUNT,
  rooms: COUNT,
  memoryBytes: COUNT,
  settings: z.string(),
});
const REPORT = z.object({ summary: SUMMARY, refusals: z.record(z.string(), COUNT) });

/** All nodes at a glance. */
@Injectable()
export class Overviews implements OnModuleInit {
  private readonly startedAt: number;

  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly questions: NodeQuestions,
    private readonly nodes: CheckedQuestions,
    private readonly registry: ConnectionRegistry,
    private readonly drain: DrainService,
    private readonly health: WsHealth,
    private readonly node: NodeIdentity,
    private readonly config: ConfigReport,
    private readonly tally: RefusalTally,
    clock: Clock,
  ) {
    this.startedAt = clock.now();
  }

  onModuleInit(): void {
    this.questions.serve(NODE, () => ({ summary: this.summary(), refusals: this.tally.counts() }));
  }

  async overview(listeners: Overview['listeners']): Promise<Overview> {
    const answers = await this.nodes.ask(NODE, null, REPORT);
    const reports = bodiesOf(answers);
    const perNode = reports.map(({ summary }) => ({ ...summary, isSelf: summary.id === this.node.id }));
    const sum = (part: 'connections' | 'maxConnections' | 'users' | 'anonymous'): number =>
      perNode.reduce((total, node) => total + node[part], 0);
    const refusals: Record<string, number> = Object.create(null) as Record<string, number>;
    for (const report of reports)
      for (const [code, count] of Object.entries(report.refusals))
        refusals[code] = (refusals[code] ?? 0) + count;
    return {
      nodes: nodesOf(answers),
      connections: sum('connections'),
      maxConnections: sum('maxConnections'),
      users: sum('users'),
      anonymous: sum('anonymous'),
      refusals,
      listeners,
      sameSettings: new Set(perNode.map(({ settings }) => settings)).size <= 1,
      perNode: perNode.toSorted(
        (one, other) => one.startedAt - other.startedAt || (one.id < other.id ? -1 : 1),
      ),
    };
  }

  private summary(): NodeSummary {
    const users = new Set<string>();
    let anonymous = 0;
    for (const { principal, address } of this.registry) {
      if (principal.id === null) anonymous++;
      else users.add(limitKeyOf(principal, address));
    }
    const { status } = this.health.readiness();
    return {
      id: this.node.id,
      name: this.node.name,
      isSelf: true,
      startedAt: this.startedAt,
      version: PACKAGE_VERSION,
      health: status === 'not-ready' ? 'unready' : status,
      isDraining: this.drain.isLeaving,
      connections: this.registry.size,
      maxConnections: this.options.maxConnections,
      users: users.size,
      anonymous,
      rooms: this.registry.roomCount,
      memoryBytes: process.memoryUsage.rss(),
      settings: this.config.settings,
    };
  }
}

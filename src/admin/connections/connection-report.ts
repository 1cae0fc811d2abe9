import { Injectable } from '@nestjs/common';
import type { Connection } from '../../connection/connection.js';
import { ConnectionRegistry } from '../../connection/connection-registry.js';
import { servedOf } from '../../connection/served-connection.js';
import { SecuredGateways } from '../../gateway/secured-gateways.js';
import { ViolationService } from '../../messages/violation.service.js';
import { NodeIdentity } from '../../nodes/node-identity.js';
import { shownSession } from '../../observability/identity-fields.js';
import type { ResolvedOptions } from '../../options/options.schema.js';
import { InjectSecurityOptions } from '../../options/options.token.js';
import { Clock } from '../../time/clock.js';
import type { BudgetLeft, ConnectionDetail, ConnectionSummary } from '../contract/connections.interface.js';
import { partOf } from '../nodes/part.js';
import { isListed } from '../rooms/listed-rooms.js';

const MOST_ENTRIES = 100;
/** Of each list. Clients may choose long names for rooms, and a longer answer would not be sent to other nodes. */
const MOST_LIST_BYTES = 8192;
const IDLE = Object.freeze({ inFlight: 0, queued: 0 });

/** What operators may see of a connection of this node. */
@Injectable()
export class ConnectionReport {
  constructor(
    @InjectSecurityOptions() private readonly options: ResolvedOptions,
    private readonly registry: ConnectionRegistry,
    private readonly gateways: SecuredGateways,
    private readonly violations: ViolationService,
    private readonly node: NodeIdentity,
    private readonly clock: Clock,
  ) {}

  summary(connection: Connection): ConnectionSummary {
    const { id, principal, address, path, openedAt, socket } = connection;
    const { lastSeen } = servedOf(connection);
    const age = this.clock.monotonic() - lastSeen;
    return {
      id,
      node: this.node.id,
      user: principal.id,
      issuer: principal.issuer,
      kind: principal.kind,
      source: connection.auth?.source ?? null,
      address,
      path,
      openedAt,
      // Nothing has arrived since the handshake.
      lastSeenAt: lastSeen === 0 ? openedAt : Math.round(this.clock.now() - age),
      bufferedBytes: socket.bufferedBytes,
    };
  }

  async detail(connection: Connection): Promise<ConnectionDetail> {
    const { principal, socket } = connection;
    const served = servedOf(connection);
    const rooms = this.registry.roomsOf(connection);
    const { strikeLimit: limit, strikeTtlMs: ttlMs, maxBufferedBytes } = this.options;
    return {
      ...this.summary(connection),
      startedAt: served.startedAt,
      expiresAt: principal.expiresAt,
      roles: listed(principal.roles),
      scopes: listed(principal.scopes),
      session: principal.sessionId === null ? null : shownSession(principal.sessionId),
      protocol: socket.protocol,
      rooms: listed([...rooms].filter(isListed)),
      roomCount: rooms.size,
      ...(served.inbound?.load ?? IDLE),
      isPaused: served.isPaused,
      maxBufferedBytes,
      strikes: { count: this.violations.strikesOf(connection), limit, ttlMs },
      budgets: await this.budgetsOf(connection),
    };
  }

  private async budgetsOf(connection: Connection): Promise<BudgetLeft[]> {
    const budgets = await this.gateways.budgetsOf(connection);
    return budgets.map(({ throttler, scope, limit, ttlMs, remaining = Infinity, retryAfterMs = 0 }) => ({
      throttler,
      scope,
      remaining: Number.isFinite(remaining) ? remaining : null,
      limit,
      ttlMs,
      retryAfterMs: Math.ceil(retryAfterMs),
    }));
  }
}

function listed(names: readonly string[]): readonly string[] {
  return partOf(names, MOST_ENTRIES, MOST_LIST_BYTES).items;
}

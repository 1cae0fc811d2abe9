import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import type { ConnectionEvent } from '../connection/connection-event.js';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { Clock } from '../time/clock.js';
import { connectionFields } from './identity-fields.js';
import { SecurityEvents } from './security-events.js';
import { shownText } from './shown-text.js';

/** Creates security events from connection events. */
@Injectable()
export class ConnectionReporter {
  constructor(
    lifecycle: ConnectionLifecycleService,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {
    lifecycle.events.subscribe((event) => this.report(event));
  }

  private report(event: ConnectionEvent): void {
    switch (event.type) {
      // The handshake has already reported its refusal, with the reason.
      case 'refused':
        return;
      case 'draining':
        this.events.emit({ type: 'node.draining', connections: event.connections });
        return;
      case 'accepted':
        this.accepted(event);
        return;
      case 'closed':
        this.closed(event);
        return;
      default:
        this.events.emit({ type: `connection.${event.type}`, ...connectionFields(event.connection) });
    }
  }

  private accepted({ connection, client }: Extract<ConnectionEvent, { type: 'accepted' }>): void {
    const { protocol } = connection.socket;
    this.events.emit({
      type: 'connection.accepted',
      ...connectionFields(connection),
      origin: client.origin,
      user_agent: client.userAgent,
      trace_id: client.traceId,
      ...(protocol !== '' && { subprotocol: shownText(protocol) }),
    });
  }

  private closed({ connection, code, cause, reason }: Extract<ConnectionEvent, { type: 'closed' }>): void {
    this.events.emit({
      type: 'connection.closed',
      ...connectionFields(connection),
      'close.code': code,
      'close.cause': cause,
      reason,
      duration_ms: this.durationOf(connection),
    });
  }

  /** The wall clock may have been set back. */
  private durationOf({ openedAt }: Connection): number {
    return Math.max(0, this.clock.now() - openedAt);
  }
}

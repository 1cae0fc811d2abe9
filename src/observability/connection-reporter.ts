import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import type { ConnectionEvent } from '../connection/connection-event.js';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { ResumeService } from '../connection/resume/resume.service.js';
import type { Principal } from '../connection/principal.js';
import { CloseCode } from '../protocol/close-code.enum.js';
import { Clock } from '../time/clock.js';
import { connectionFields } from './identity-fields.js';
import { SecurityEvents } from './security-events.js';
import { shownText } from './shown-text.js';

/** The codes of clients that broke the WebSocket protocol or a limit of frames. */
const VIOLATIONS: ReadonlySet<number> = new Set<number>([
  CloseCode.PROTOCOL_ERROR,
  CloseCode.UNSUPPORTED_DATA,
  CloseCode.INVALID_PAYLOAD,
  CloseCode.POLICY_VIOLATION,
  CloseCode.MESSAGE_TOO_BIG,
]);

/** Creates security events from connection events. */
@Injectable()
export class ConnectionReporter {
  constructor(
    lifecycle: ConnectionLifecycleService,
    resumes: ResumeService,
    private readonly events: SecurityEvents,
    private readonly clock: Clock,
  ) {
    lifecycle.listen((event) => this.report(event));
    resumes.misuses.subscribe(({ connection, reason }) =>
      events.emit({ type: 'resume.replayed', ...connectionFields(connection), reason }),
    );
  }

  private report(event: ConnectionEvent): void {
    switch (event.type) {
      // The handshake has already reported its refusal, with the reason.
      case 'refused':
        return;
      // The node reports it, with what it runs.
      case 'listening':
        return;
      case 'draining':
        this.events.emit({ type: 'node.draining', connections: event.connections });
        return;
      case 'drained':
        this.events.emit({ type: 'node.stopped', answered: event.answered, cut: event.cut });
        return;
      case 'refreshed':
        this.refreshed(event);
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
    const type = 'connection.accepted';
    this.events.emitIfSeen({ type, 'client.address': connection.address }, () => {
      const { protocol } = connection.socket;
      return {
        type,
        ...connectionFields(connection),
        origin: client.origin,
        user_agent: client.userAgent,
        trace_id: client.traceId,
        ...(protocol !== '' && { subprotocol: shownText(protocol) }),
      };
    });
  }

  private refreshed({ connection, previous }: Extract<ConnectionEvent, { type: 'refreshed' }>): void {
    const who = connectionFields(connection);
    this.events.emit({ type: 'connection.refreshed', ...who });
    const { principal } = connection;
    const [before, after] = [rightsOf(previous), rightsOf(principal)];
    if (isDeepStrictEqual(before, after)) return;
    this.events.emit({
      type: 'principal.changed',
      ...who,
      'roles.from': before[0],
      'roles.to': after[0],
      'scopes.from': before[1],
      'scopes.to': after[1],
    });
  }

  private closed({ connection, code, cause, reason }: Extract<ConnectionEvent, { type: 'closed' }>): void {
    const type = 'connection.closed';
    const codes = { 'close.code': code };
    if (cause === 'server' && VIOLATIONS.has(code))
      this.events.emit({ type: 'protocol.violated', ...connectionFields(connection), ...codes, reason });
    this.events.emitIfSeen({ type, 'client.address': connection.address, ...codes }, () => {
      const { received, sent } = connection.socket;
      return {
        type,
        ...connectionFields(connection),
        ...codes,
        'close.cause': cause,
        reason,
        duration_ms: this.durationOf(connection),
        received,
        sent,
      };
    });
  }

  /** The wall clock may have been set back. */
  private durationOf({ openedAt }: Connection): number {
    return Math.max(0, this.clock.now() - openedAt);
  }
}

/** Their order says nothing. */
function rightsOf({ roles, scopes }: Principal): readonly [string[], string[]] {
  return [roles.toSorted(), scopes.toSorted()];
}

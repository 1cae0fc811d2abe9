import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { SecurityEvents } from './security-events.js';

/** Creates security events from connection events. */
@Injectable()
export class ConnectionReporter {
  constructor(lifecycle: ConnectionLifecycleService, events: SecurityEvents) {
    lifecycle.events.subscribe((event) => {
      // The handshake has already reported its refusal, with the reason.
      if (event.type === 'refused') return;
      if (event.type === 'draining') {
        events.emit({ type: 'node.draining', connections: event.connections });
        return;
      }
      const type = `connection.${event.type}` as const;
      const details = detailsOf(event.connection);
      if (event.type !== 'closed') events.emit({ type, ...details });
      else events.emit({ type, code: event.code, cause: event.cause, reason: event.reason, ...details });
    });
  }
}

function detailsOf({ id, principal, address, path }: Connection): Record<string, string | null> {
  return { connection: id, principal: principal.id, issuer: principal.issuer, address, path };
}

import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { SecurityEvents } from './security-events.service.js';

/** Tells the operator who came and went. */
@Injectable()
export class ConnectionEvents {
  constructor(lifecycle: ConnectionLifecycleService, events: SecurityEvents) {
    lifecycle.events.subscribe((event) => {
      // Told with its reason by who refused it.
      if (event.type === 'refused') return;
      if (event.type === 'draining') {
        events.emit({ type: 'node.draining', connections: event.connections });
        return;
      }
      const type = `connection.${event.type}`;
      const who = whoIs(event.connection);
      if (event.type !== 'closed') events.emit({ type, ...who });
      else events.emit({ type, code: event.code, cause: event.cause, reason: event.reason, ...who });
    });
  }
}

function whoIs({ id, principal, address, path }: Connection): Record<string, string | null> {
  return { connection: id, principal: principal.id, issuer: principal.issuer, address, path };
}

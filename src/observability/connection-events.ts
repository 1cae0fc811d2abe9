import { Injectable } from '@nestjs/common';
import { ConnectionLifecycleService } from '../connection/connection-lifecycle.service.js';
import { SecurityEvents } from './security-events.service.js';

/** Tells the operator who came and went. */
@Injectable()
export class ConnectionEvents {
  constructor(lifecycle: ConnectionLifecycleService, events: SecurityEvents) {
    lifecycle.events.subscribe((event) => {
      const { id, principal, address, path } = event.connection;
      const who = { connection: id, principal: principal.id, issuer: principal.issuer, address, path };
      const code = event.type === 'closed' ? event.code : undefined;
      events.emit({ type: `connection.${event.type}`, code, ...who });
    });
  }
}

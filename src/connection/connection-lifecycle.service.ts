import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { HandshakeCode } from '../protocol/handshake-code.js';
import { Announcer } from '../faults/announcer.js';
import type { Connection } from './connection.js';
import type { ConnectionAuth } from './connection-auth.js';
import type { ClientDetails, CloseCause, ConnectionEvent } from './connection-event.js';
import { ConnectionRegistry } from './connection-registry.js';
import { Faults } from '../faults/faults.js';
import { ResumeService } from './resume/resume.service.js';
import type { Principal } from './principal.js';
import { type ServedConnection, servedOf } from './served-connection.js';

/** RFC 6455 §7.1.5: there was no close frame. */
const ABNORMAL_CLOSURE = 1006;

/**
 * Reports connection events in order, after the registry has been updated.
 *
 * @publicApi
 */
@Injectable()
export class ConnectionLifecycleService {
  private readonly announcer: Announcer<ConnectionEvent>;
  /** A subscriber that throws or rejects is logged. The others are not affected. */
  readonly events: Observable<ConnectionEvent>;

  /** @internal */
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly resume: ResumeService,
    faults: Faults,
  ) {
    this.announcer = new Announcer('ConnectionLifecycleService.events', faults);
    this.events = this.announcer.events;
  }

  /** Tells a part of the module itself, in the same order. @internal */
  listen(listener: (event: ConnectionEvent) => void): void {
    this.announcer.listen(listener);
  }

  /** @internal */
  accepted(connection: ServedConnection, client: ClientDetails): void {
    this.registry.add(connection);
    this.announcer.announce({ type: 'accepted', connection, client });
  }

  /** @internal */
  refused(code: HandshakeCode, address: string, path: string): void {
    this.announcer.announce({ type: 'refused', code, address, path });
  }

  /**
   * Does nothing if the connection has closed in the meantime.
   *
   * @param auth what it authenticated with; if left out, it did not
   * @internal
   */
  identified(connection: Connection, principal: Principal, auth?: ConnectionAuth): void {
    if (this.registry.get(connection.id) !== connection) return;
    const previous = connection.principal;
    this.registry.identify(servedOf(connection), principal, auth);
    if (previous.id === null) this.announcer.announce({ type: 'authenticated', connection });
    else this.announcer.announce({ type: 'refreshed', connection, previous });
  }

  /** @internal */
  idle(connection: Connection): void {
    this.announcer.announce({ type: 'idle', connection });
  }

  /** @internal */
  draining(): void {
    this.announcer.announce({ type: 'draining', connections: this.registry.size });
  }

  /** @internal */
  listening(): void {
    this.announcer.announce({ type: 'listening' });
  }

  /** @internal */
  drained(answered: number, cut: number): void {
    this.announcer.announce({ type: 'drained', answered, cut });
  }

  /** @param code the close code of the socket @internal */
  closed(connection: ServedConnection, code: number): void {
    const { closedWith, closeReason: reason } = connection;
    // Before it leaves its rooms.
    this.resume.end(connection, code);
    this.registry.remove(connection);
    connection.closed();
    const cause: CloseCause = closedWith ? 'server' : code === ABNORMAL_CLOSURE ? 'lost' : 'client';
    this.announcer.announce({ type: 'closed', connection, code: closedWith ?? code, cause, reason });
  }
}

import { Injectable } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import type { HandshakeCode } from '../protocol/handshake-code.js';
import type { Connection } from './connection.js';
import type { CloseCause, ConnectionEvent } from './connection-event.js';
import { ConnectionRegistry } from './connection-registry.service.js';
import { ResumeService } from './resume/resume.service.js';
import type { Principal } from './principal.js';

/** RFC 6455 §7.1.5: no close frame came. */
const ABNORMAL_CLOSURE = 1006;

/**
 * Tells what happens to connections, in order and after the registry knows.
 *
 * @publicApi
 */
@Injectable()
export class ConnectionLifecycleService {
  private readonly subject = new Subject<ConnectionEvent>();
  readonly events: Observable<ConnectionEvent> = this.subject.asObservable();

  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly resume: ResumeService,
  ) {}

  /** @internal */
  accepted(connection: Connection): void {
    this.registry.add(connection);
    this.subject.next({ type: 'accepted', connection });
  }

  /** @internal */
  refused(code: HandshakeCode, address: string, path: string): void {
    this.subject.next({ type: 'refused', code, address, path });
  }

  /** A connection that has closed meanwhile stays as it was. @internal */
  identified(connection: Connection, principal: Principal): void {
    if (this.registry.get(connection.id) !== connection) return;
    const previous = connection.principal;
    this.registry.identify(connection, principal);
    if (previous.id === null) this.subject.next({ type: 'authenticated', connection });
    else this.subject.next({ type: 'refreshed', connection, previous });
  }

  /** @internal */
  idle(connection: Connection): void {
    this.subject.next({ type: 'idle', connection });
  }

  /** @internal */
  draining(): void {
    this.subject.next({ type: 'draining', connections: this.registry.size });
  }

  /** @param code what the socket says @internal */
  closed(connection: Connection, code: number): void {
    const { closedWith, closeReason: reason } = connection;
    // Before it leaves its rooms.
    this.resume.end(connection, code);
    this.registry.remove(connection);
    connection.closed();
    const cause: CloseCause = closedWith ? 'server' : code === ABNORMAL_CLOSURE ? 'lost' : 'client';
    this.subject.next({ type: 'closed', connection, code: closedWith ?? code, cause, reason });
  }
}

import { Injectable } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.service.js';
import type { Principal } from './principal.js';

/** What happens to connections. @publicApi */
export type ConnectionEvent =
  | { readonly type: 'opened'; readonly connection: Connection }
  /** An anonymous connection logged in. */
  | { readonly type: 'authenticated'; readonly connection: Connection }
  /** The same principal brought a new credential. */
  | { readonly type: 'refreshed'; readonly connection: Connection; readonly previous: Principal }
  | { readonly type: 'closed'; readonly connection: Connection; readonly code: number };

/**
 * Tells when connections open and close, in order and after the registry knows.
 *
 * @publicApi
 */
@Injectable()
export class ConnectionLifecycleService {
  private readonly subject = new Subject<ConnectionEvent>();
  readonly events: Observable<ConnectionEvent> = this.subject.asObservable();

  constructor(private readonly registry: ConnectionRegistry) {}

  /** @internal */
  opened(connection: Connection): void {
    this.registry.add(connection);
    this.subject.next({ type: 'opened', connection });
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
  closed(connection: Connection, code: number): void {
    this.registry.remove(connection);
    connection.closed();
    this.subject.next({ type: 'closed', connection, code });
  }
}

import { Injectable } from '@nestjs/common';
import { Observable, Subject } from 'rxjs';
import type { Connection } from './connection.js';
import { ConnectionRegistry } from './connection-registry.service.js';

/** What happens to connections. @publicApi */
export type ConnectionEvent =
  | { readonly type: 'opened'; readonly connection: Connection }
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

  /** @internal */
  closed(connection: Connection, code: number): void {
    this.registry.remove(connection);
    this.subject.next({ type: 'closed', connection, code });
  }
}

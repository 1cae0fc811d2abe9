import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import { errorNameOf } from '../faults/error-text.js';
import { Faults } from '../faults/faults.js';
import { connectionFields } from '../observability/identity-fields.js';
import { SecurityEvents } from '../observability/security-events.js';

/** Failures while a message was handled: the stack for the log, and for the first of a kind an event with the client. */
@Injectable()
export class MessageFaults {
  constructor(
    private readonly faults: Faults,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * @param event the event of the message, which a gateway subscribes to
   * @param what as of `Faults.report()`
   */
  report(connection: Connection, event: string, what: string, error: unknown): void {
    if (this.faults.report(what, error)) this.tell(connection, event, error);
  }

  /** As `report`, for code that may repeat input of clients in messages. */
  reportWithoutMessage(connection: Connection, event: string, what: string, error: unknown): void {
    if (this.faults.reportWithoutMessage(what, error)) this.tell(connection, event, error);
  }

  private tell(connection: Connection, event: string, error: unknown): void {
    this.events.emit({
      type: 'handler.failed',
      ...connectionFields(connection),
      event,
      reason: errorNameOf(error),
    });
  }
}

import { Injectable } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import { errorNameOf } from '../faults/error-text.js';
import { Faults } from '../faults/faults.js';
import { connectionFields } from '../observability/identity-fields.js';
import { SecurityEvents } from '../observability/security-events.js';

/** Failures of connection hooks: the stack for the log, and for the first of a kind an event with the client. */
@Injectable()
export class HookFaults {
  constructor(
    private readonly faults: Faults,
    private readonly events: SecurityEvents,
  ) {}

  /** @param gateway the name of its class */
  report(
    connection: Connection,
    gateway: string,
    hook: 'handleConnection' | 'handleDisconnect',
    error: unknown,
  ): void {
    if (!this.faults.report(`${gateway}.${hook} failed`, error)) return;
    this.events.emit({
      type: 'hook.failed',
      ...connectionFields(connection),
      gateway,
      hook,
      reason: errorNameOf(error),
    });
  }
}

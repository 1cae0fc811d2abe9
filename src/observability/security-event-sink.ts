import { Injectable } from '@nestjs/common';
import type { SecurityEvent } from './security-event.js';

/** The bytes that may wait for a reader of standard output. */
const MAX_WAITING_BYTES = 1_048_576;

/**
 * Where security events are written. Provide a class of your own in `forRoot({ providers })` to send them elsewhere. It
 * gets only what is to be written: during a flood, the first events of each kind, and then a summary. Texts in them are
 * bounded and have no control characters.
 *
 * @publicApi
 */
export abstract class SecurityEventSink {
  /**
   * If it throws, or its promise rejects, the error is logged. If more than 1,000 promises are pending, further events
   * are lost and the loss is logged.
   */
  abstract write(event: SecurityEvent): void | Promise<void>;
}

/** Writes each event to standard output, as one line of JSON. @publicApi */
@Injectable()
export class StdoutSink extends SecurityEventSink {
  override write(event: SecurityEvent): void {
    if (process.stdout.writableLength > MAX_WAITING_BYTES) throw new Error('standard output is not read');
    process.stdout.write(`${JSON.stringify(event)}\n`);
  }
}

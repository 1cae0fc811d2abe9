import { Injectable } from '@nestjs/common';
import { PinoLogger } from 'nestjs-pino';
import { type SecurityEvent, SecurityEventSink } from 'nestjs-ws-security';

/** Writes security events through the application's pino logger. */
@Injectable()
export class PinoSink extends SecurityEventSink {
  constructor(private readonly logger: PinoLogger) {
    super();
  }

  override write(event: SecurityEvent): void {
    // Pino adds the time, and the severity becomes its level.
    const { time: _, severity, ...fields } = event;
    this.logger[severity](fields, event.type);
  }
}

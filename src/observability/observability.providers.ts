import type { Provider } from '@nestjs/common';
import { ConnectionReporter } from './connection-reporter.js';
import { Outages } from './outages.js';
import { SecurityEventSink, StdoutSink } from './security-event-sink.js';
import { SecurityEvents } from './security-events.js';

/** Security events. */
export const OBSERVABILITY_PROVIDERS: Provider[] = [
  { provide: SecurityEventSink, useClass: StdoutSink },
  SecurityEvents,
  Outages,
  ConnectionReporter,
];

import type { Provider } from '@nestjs/common';
import { ConnectionReporter } from './connection-reporter.js';
import { SecurityEvents } from './security-events.js';

/** Security events. */
export const OBSERVABILITY_PROVIDERS: Provider[] = [SecurityEvents, ConnectionReporter];

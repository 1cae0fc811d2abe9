import type { Provider } from '@nestjs/common';
import { ConnectionReporter } from './connection-reporter.js';
import { SecurityEvents } from './security-events.service.js';

/** What operators are told. */
export const OBSERVABILITY_PROVIDERS: Provider[] = [SecurityEvents, ConnectionReporter];

import type { Provider } from '@nestjs/common';
import { ConnectionEvents } from './connection-events.js';
import { SecurityEvents } from './security-events.service.js';

/** What operators are told. */
export const OBSERVABILITY_PROVIDERS: Provider[] = [SecurityEvents, ConnectionEvents];

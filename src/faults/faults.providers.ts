import type { Provider } from '@nestjs/common';
import { Faults } from './faults.js';

/** Reports of failures that no client is to blame for. */
export const FAULT_PROVIDERS: Provider[] = [Faults];

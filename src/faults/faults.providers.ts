import type { Provider } from '@nestjs/common';
import { Faults } from './faults.js';

/** What fails that no client is to blame for. */
export const FAULT_PROVIDERS: Provider[] = [Faults];

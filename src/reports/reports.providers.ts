import type { Provider } from '@nestjs/common';
import { NodeReporter } from './node-reporter.js';

/** Security events that need to know all parts of the module. */
export const REPORT_PROVIDERS: Provider[] = [NodeReporter];

import type { Provider } from '@nestjs/common';
import { WsValidationPipe } from './ws-validation.pipe.js';

/** What may be said. */
export const VALIDATION_PROVIDERS: Provider[] = [WsValidationPipe];

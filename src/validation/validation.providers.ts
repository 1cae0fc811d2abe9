import type { Provider } from '@nestjs/common';
import { WsValidationPipe } from './ws-validation.pipe.js';

/** Providers of validation. */
export const VALIDATION_PROVIDERS: Provider[] = [WsValidationPipe];

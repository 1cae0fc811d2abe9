import type { Provider } from '@nestjs/common';
import { AuthEventHandler } from '../messages/auth-event.handler.js';
import { FirstMessageLogin } from './first-message-login.js';
import { InBandAuth } from './in-band-auth.js';

/** Credentials in messages. */
export const LOGIN_PROVIDERS: Provider[] = [
  InBandAuth,
  { provide: AuthEventHandler, useExisting: InBandAuth },
  FirstMessageLogin,
];

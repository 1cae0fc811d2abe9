import type { Provider, Type } from '@nestjs/common';
import { AuthFailures } from './auth-failures.js';
import { ClientLocator } from './client/client-locator.js';
import { ConnectRate } from './connect-rate.js';
import { CredentialExtractor } from './credential-extractor.js';
import { HANDSHAKE_STEPS, HANDSHAKE_STEP_INSTANCES, HandshakePipeline } from './handshake.pipeline.js';
import { HandshakeService } from './handshake.service.js';
import { TlsReloader } from './tls/tls-reloader.js';
import { WrongCredentials } from './wrong-credentials.js';

/** A step may occur more than once. */
const STEPS = [...new Set<Type>(HANDSHAKE_STEPS)];

/** The providers that handle handshakes before 101. */
export const HANDSHAKE_PROVIDERS: Provider[] = [
  CredentialExtractor,
  ClientLocator,
  ConnectRate,
  WrongCredentials,
  AuthFailures,
  ...STEPS,
  {
    provide: HANDSHAKE_STEP_INSTANCES,
    inject: [...HANDSHAKE_STEPS],
    useFactory: (...steps: unknown[]) => steps,
  },
  HandshakePipeline,
  HandshakeService,
  TlsReloader,
];

import type { Provider } from '@nestjs/common';
import { PrincipalMapper } from './auth/principal-mapper.js';
import { TokenVerifier } from './auth/token-verifier.js';
import { createVerifier } from './auth/verifiers/verifier.factory.js';
import { Clock } from './time/clock.js';
import { Outages } from './observability/outages.js';
import { SecurityEvents } from './observability/security-events.js';
import type { ResolvedOptions, WsSecurityOptions } from './options/options.schema.js';
import { MountedParts } from './options/mounted-parts.js';
import { SECURITY_OPTIONS } from './options/options.token.js';
import { resolveOptions } from './options/resolve-options.js';
import { SettingsNotes } from './options/settings.notes.js';
import { StartProblems } from './options/start-problems.js';
import { GIVEN_OPTIONS } from './ws-security.module-definition.js';

/** Providers that depend on the options, and the options themselves. */
export const CONFIGURED_PROVIDERS: Provider[] = [
  {
    provide: SECURITY_OPTIONS,
    inject: [GIVEN_OPTIONS, StartProblems],
    useFactory: (given: WsSecurityOptions, further: StartProblems) =>
      resolveOptions(given, process.env, further),
  },
  MountedParts,
  SettingsNotes,
  {
    provide: TokenVerifier,
    inject: [SECURITY_OPTIONS, Clock, PrincipalMapper, SecurityEvents, Outages],
    useFactory: (
      options: ResolvedOptions,
      clock: Clock,
      mapper: PrincipalMapper,
      events: SecurityEvents,
      outages: Outages,
    ) => createVerifier(options, { clock, mapper, events, outages }),
  },
];

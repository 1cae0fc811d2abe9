import type { ThrottlerOptions } from '@nestjs/throttler';

/** The named throttlers that `forRoot({ throttlers })` gave, beside the default one. */
export const WS_THROTTLERS = Symbol('WS_THROTTLERS');

/** A budget beside the default one; without a `blockDuration` nobody waits longer than the window asks. @publicApi */
export type WsThrottler = ThrottlerOptions & { readonly name: string };

import type { ThrottlerOptions } from '@nestjs/throttler';

/** The named throttlers from `forRoot({ throttlers })`, without the default one. */
export const WS_THROTTLERS = Symbol('WS_THROTTLERS');

/** A named throttler. Without a `blockDuration`, clients wait only until the window has room. @publicApi */
export type WsThrottler = ThrottlerOptions & { readonly name: string };

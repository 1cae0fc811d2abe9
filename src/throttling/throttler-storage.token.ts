import { Inject } from '@nestjs/common';

/**
 * Token of the `ThrottlerStorage` for messages. HTTP throttlers keep Nest's own token.
 *
 * @publicApi
 */
export const WS_THROTTLER_STORAGE = Symbol('WS_THROTTLER_STORAGE');

/** Injects the storage for messages. @publicApi */
export const InjectWsThrottlerStorage = (): ParameterDecorator & PropertyDecorator =>
  Inject(WS_THROTTLER_STORAGE);

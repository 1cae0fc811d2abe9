import { Inject } from '@nestjs/common';

/**
 * Token of the `ThrottlerStorage` for messages. Nest's own token is left to the throttler of the HTTP side.
 *
 * @publicApi
 */
export const WS_THROTTLER_STORAGE = Symbol('WS_THROTTLER_STORAGE');

/** Injects the storage that counts messages. @publicApi */
export const InjectWsThrottlerStorage = (): ParameterDecorator => Inject(WS_THROTTLER_STORAGE);

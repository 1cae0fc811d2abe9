import { SetMetadata } from '@nestjs/common';

export const UNVALIDATED_BODY = 'ws-security:unvalidated-body';

/**
 * Allows a handler to take a body that is not validated, or only in part. Without it, the application does not start.
 * The limits of frames still apply; the handler must check everything else.
 *
 * @param reason why this is safe, for readers of the code
 * @publicApi
 */
export const UnvalidatedBody = (reason: string): MethodDecorator => SetMetadata(UNVALIDATED_BODY, reason);

import { SetMetadata } from '@nestjs/common';

export const UNVALIDATED_BODY = 'ws-security:unvalidated-body';

/**
 * Lets a handler take a body that cannot be validated, or not entirely. Without it the application does not start.
 * The body is still within the limits of frames; everything else is for the handler to look at.
 *
 * @param reason why that is safe, for whoever reads the gateway next
 * @publicApi
 */
export const UnvalidatedBody = (reason: string): MethodDecorator => SetMetadata(UNVALIDATED_BODY, reason);

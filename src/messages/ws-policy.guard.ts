import { type CanActivate, type ExecutionContext, Inject } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import { connectionOf } from '../connection/connection-of.js';
import type { Principal } from '../connection/principal.js';
import { ForbiddenEventException } from '../errors/ws-exceptions.js';
import { ValidatedBody } from './validated-body.js';

/** What a policy decides about. @publicApi */
export interface PolicyRequest<Body> {
  readonly principal: Principal;
  readonly connection: Connection;
  /** Validated: the very object that the handler gets. */
  readonly body: Body;
  readonly event: string;
  readonly context: ExecutionContext;
}

/**
 * A decision of the application about an object: may this principal do this to that? For a handler with
 * `@UseGuards()`, for a gateway or for all of them with `guards`.
 *
 * @publicApi
 */
export abstract class WsPolicyGuard<Body = unknown> implements CanActivate {
  // A property, so that subclasses have a constructor of their own.
  @Inject(ValidatedBody) private readonly bodies!: ValidatedBody;

  /**
   * @throws ValidationFailedException when the body is not valid: nothing is decided about it then
   * @throws ForbiddenEventException
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const ws = context.switchToWs();
    const connection = connectionOf(ws.getClient<object>());
    const body = (await this.bodies.of(context)) as Body;
    const event = ws.getPattern();
    const request = { principal: connection.principal, connection, body, event, context };
    // Anything but true is a refusal, whatever a policy without types answers.
    const answer: unknown = await this.isPermitted(request);
    if (answer !== true) throw new ForbiddenEventException();
    return true;
  }

  /** Whether it may be. An error is answered `INTERNAL_ERROR`, and nothing happens. */
  protected abstract isPermitted(request: PolicyRequest<Body>): boolean | Promise<boolean>;
}

import { type CanActivate, type ExecutionContext, Inject } from '@nestjs/common';
import type { Connection } from '../connection/connection.js';
import { connectionOf } from '../connection/connection-of.js';
import type { Principal } from '../connection/principal.js';
import { ForbiddenEventException } from '../errors/ws-exceptions.js';
import { ValidatedBody } from './validated-body.js';

/** The message that a policy decides about. @publicApi */
export interface PolicyRequest<Body> {
  readonly principal: Principal;
  readonly connection: Connection;
  /** The validated body: the same object that the handler gets. */
  readonly body: Body;
  readonly event: string;
  readonly context: ExecutionContext;
}

/**
 * A decision of the application about an object: may this principal do this with it? Bind it to a handler with
 * `@UseGuards()`, or name it in `guards` of a gateway or of the module.
 *
 * @publicApi
 */
export abstract class WsPolicyGuard<Body = unknown> implements CanActivate {
  // Injected as a property, so that subclasses can have their own constructor.
  @Inject(ValidatedBody) private readonly bodies!: ValidatedBody;

  /**
   * @throws ValidationFailedException if the body is not valid; then `isPermitted()` is not called
   * @throws ForbiddenEventException
   */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const ws = context.switchToWs();
    const connection = connectionOf(ws.getClient<object>());
    const body = (await this.bodies.of(context)) as Body;
    const event = ws.getPattern();
    const request = { principal: connection.principal, connection, body, event, context };
    // Only `true` permits, because a policy without types may return other values.
    const answer: unknown = await this.isPermitted(request);
    if (answer !== true) throw new ForbiddenEventException(`guard ${this.constructor.name}`);
    return true;
  }

  /** Whether the principal may do this. If it throws, the answer is `INTERNAL_ERROR`, and the handler does not run. */
  protected abstract isPermitted(request: PolicyRequest<Body>): boolean | Promise<boolean>;
}

import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Inject, Optional } from '@nestjs/common';
import type { MaybePromise } from '../../time/maybe-promise.js';
import { errorOf } from '../http/error-of.js';
import { OperatorError } from '../http/operator.error.js';
import { rawRequestOf } from '../http/raw-exchange.js';
import { GuardDeadline } from './guard-deadline.js';
import { type OperatorPrincipal, setOperator } from './operator-principal.js';

/**
 * A guard of the operator's API that says who the operator is.
 *
 * @publicApi
 */
export abstract class OperatorGuard implements CanActivate {
  /** Not there if the guard protects a route of another module. @internal */
  @Optional()
  @Inject(GuardDeadline)
  readonly guardDeadline?: GuardDeadline;

  /**
   * Authenticates a request.
   *
   * @param request the request of Node; with Fastify too
   * @returns undefined if the operator is unknown; the answer is 401 then
   * @throws OperatorError to answer otherwise; any other error is answered 503, as is none within `WS_AUTH_TIMEOUT_MS`
   */
  abstract authenticate(request: IncomingMessage): MaybePromise<OperatorPrincipal | undefined>;

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<object>();
    const principal = await this.ask(rawRequestOf(request));
    if (principal) setOperator(request, principal);
    return true;
  }

  /** If it fails, it is unknown who the operator is. */
  private async ask(request: IncomingMessage): Promise<OperatorPrincipal | undefined> {
    try {
      const answer = this.authenticate(request);
      return await (this.guardDeadline?.of(answer) ?? answer);
    } catch (cause) {
      throw errorOf(cause) ?? new OperatorError('UNAVAILABLE', undefined, {}, { cause });
    }
  }
}

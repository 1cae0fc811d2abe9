import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import { servedConnectionOf } from '../connection/connection-of.js';
import { errorFramesOf, errorTitleOf } from '../faults/error-text.js';
import { InternalErrorException } from '../errors/ws-exceptions.js';
import type { ErrorBody } from '../protocol/envelope.js';
import { errorBodyOf, isOwnRefusal, ruleOf } from './error-body.js';
import { InboundMessage } from './inbound-message.js';

/**
 * Turns exceptions of guards, pipes, interceptors and handlers into error frames of the protocol. Exceptions that are
 * not meant for clients are answered without detail and logged for the operator.
 *
 * @publicApi
 */
@Catch()
@Injectable()
export class WsExceptionFilter implements ExceptionFilter {
  protected readonly logger = new Logger('WsSecurity');

  catch(exception: unknown, host: ArgumentsHost): void {
    const connection = servedConnectionOf(host.switchToWs().getClient<object>());
    const message = host.getArgs<unknown[]>().find((argument) => argument instanceof InboundMessage);
    const body = this.toBody(exception, message?.event);
    if (message) {
      message.failure = body.code;
      message.isOwnRefusal = isOwnRefusal(exception);
      message.rule ??= ruleOf(exception);
    }
    connection.refuse(body, message?.id);
    if (message) message.answeredBy = 'module';
    // Otherwise `HandlerFilters` reports the exception.
    if (!message?.filters && body.code === 'INTERNAL_ERROR')
      this.logger.error('A handler failed', `${errorTitleOf(exception)}${errorFramesOf(exception)}`);
  }

  /** Override to map exceptions of your own to codes; call `super.toBody()` for the others. */
  protected toBody(exception: unknown, _event: string | undefined): ErrorBody {
    return errorBodyOf(exception) ?? new InternalErrorException().toBody();
  }
}

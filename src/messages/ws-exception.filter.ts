import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import { servedConnectionOf } from '../connection/connection-of.js';
import { InternalErrorException } from '../errors/ws-exceptions.js';
import type { ErrorBody } from '../protocol/envelope.js';
import { errorBodyOf } from './error-body.js';
import { InboundMessage } from './inbound-message.js';

/**
 * Turns what a guard, pipe, interceptor or handler throws into the protocol's error frame. What was not meant for
 * a client is answered without detail, and the operator is told.
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
    if (message) message.failure = body.code;
    connection.refuse(body, message?.id);
    if (message) message.answeredBy = 'module';
    // Where nobody else tells the operator.
    if (!message?.filters && body.code === 'INTERNAL_ERROR')
      this.logger.error('A handler failed', exception instanceof Error ? exception.stack : undefined);
  }

  /** Override to give exceptions of your own a code; call super for the rest. */
  protected toBody(exception: unknown, _event: string | undefined): ErrorBody {
    return errorBodyOf(exception) ?? new InternalErrorException().toBody();
  }
}

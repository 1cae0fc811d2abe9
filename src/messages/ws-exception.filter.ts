import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable, Logger } from '@nestjs/common';
import { connectionOf } from '../connection/connection-of.js';
import { InternalErrorException } from '../errors/ws-exceptions.js';
import type { ErrorBody } from '../protocol/envelope.js';
import { errorBodyOf } from './error-body.js';
import { InboundMessage } from './inbound-message.js';

/**
 * Turns what a guard, pipe, interceptor or handler throws into the protocol's error frame. What was not meant for
 * a client is logged here and answered without detail.
 *
 * @publicApi
 */
@Catch()
@Injectable()
export class WsExceptionFilter implements ExceptionFilter {
  protected readonly logger = new Logger('WsSecurity');

  catch(exception: unknown, host: ArgumentsHost): void {
    const connection = connectionOf(host.switchToWs().getClient<object>());
    const message = host.getArgs<unknown[]>().find((argument) => argument instanceof InboundMessage);
    const body = this.toBody(exception, message?.event);
    if (message) message.failure = body.code;
    if (connection.hears(body.code, message?.id)) connection.fail(body, message?.id);
  }

  /** Override to give exceptions of your own a code; call super for the rest. */
  protected toBody(exception: unknown, event: string | undefined): ErrorBody {
    const body = errorBodyOf(exception) ?? new InternalErrorException().toBody();
    if (body.code === 'INTERNAL_ERROR') this.report(exception, event);
    return body;
  }

  private report(exception: unknown, event: string | undefined): void {
    const text = `A handler of "${event ?? 'unknown'}" failed`;
    this.logger.error(text, exception instanceof Error ? exception.stack : undefined);
  }
}

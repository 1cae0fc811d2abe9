import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';

/**
 * Answers errors with their status, without the messages of parsers and routers, which may contain parts of the
 * request. Only messages of validation rules are passed on.
 */
@Catch(HttpException)
export class PlainErrorFilter extends BaseExceptionFilter<HttpException> {
  override catch(exception: HttpException, host: ArgumentsHost): void {
    const statusCode = exception.getStatus();
    const rules = rulesOf(exception.getResponse());
    const message = rules ?? STATUS_CODES[statusCode] ?? 'Error';
    // oxlint-disable-next-line promise/valid-params -- a filter, no promise
    super.catch(new HttpException({ statusCode, message }, statusCode), host);
  }
}

/** Only the errors of the `ValidationPipe` of Nest have a list of messages. */
function rulesOf(response: string | object): string[] | undefined {
  return typeof response === 'object' && 'message' in response && Array.isArray(response.message)
    ? (response.message as string[])
    : undefined;
}

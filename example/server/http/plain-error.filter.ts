import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';

/**
 * Answers errors with their status and nothing that a parser or a router said of the request: Nest would pass that
 * on, pieces of the request in it. What a body has to be like, the rules of its properties say.
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

/** Of errors of Nest's, only those of its `ValidationPipe` say more than one thing. */
function rulesOf(response: string | object): string[] | undefined {
  return typeof response === 'object' && 'message' in response && Array.isArray(response.message)
    ? (response.message as string[])
    : undefined;
}

import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Faults } from '../../faults/faults.js';
import { errorOf } from './error-of.js';
import { answerOf, OperatorError } from './operator.error.js';

/** Answers every error with a problem document. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly faults: Faults,
  ) {}

  catch(exception: unknown, context: ArgumentsHost): void {
    const { httpAdapter } = this.host;
    const response = context.switchToHttp().getResponse<unknown>();
    const known = errorOf(exception);
    const cause = known ? known.cause : exception;
    if (cause !== undefined) this.faults.report('A request of an operator failed', cause);
    if (httpAdapter.isHeadersSent(response)) return;
    const { status, headers, body } = answerOf(known ?? new OperatorError('INTERNAL_ERROR'));
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, body, status);
  }
}

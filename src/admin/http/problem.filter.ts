import { type ArgumentsHost, Catch, type ExceptionFilter, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Faults } from '../../faults/faults.js';
import { errorOf } from './error-of.js';
import { OperatorError } from './operator.error.js';
import { SAFE_HEADERS } from './safe-headers.js';

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
    const error = known ?? new OperatorError('INTERNAL_ERROR');
    const headers = { ...SAFE_HEADERS, ...error.headers, 'Content-Type': 'application/problem+json' };
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, JSON.stringify(error.toProblem()), error.status);
  }
}

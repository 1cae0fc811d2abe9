import { Controller, Get, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { OperatorError } from '../http/operator.error.js';
import { PAGE_HEADERS } from '../page/page-headers.js';
import { PAGE_SOURCE } from '../page/page-source.js';

/** The page for operators. It contains no data: it asks the API, which the guards protect. */
@Controller()
export class PageController {
  constructor(private readonly host: HttpAdapterHost) {}

  @Get()
  page(@Res() response: object): void {
    if (PAGE_SOURCE.html === '') throw new OperatorError('NOT_FOUND');
    const { httpAdapter } = this.host;
    for (const [name, value] of Object.entries(PAGE_HEADERS)) httpAdapter.setHeader(response, name, value);
    httpAdapter.reply(response, PAGE_SOURCE.html, 200);
  }
}

import {
  type CanActivate,
  Controller,
  Get,
  Headers,
  HttpStatus,
  Res,
  type Type,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { WsMetrics } from '../observability/metrics/ws-metrics.js';
import { MetricsTokenGuard } from './metrics-token.guard.js';
import { formatFor } from './negotiation.js';

/** A controller with the endpoint. Its path and its guards are known only to `forRoot()`. */
export function metricsController(path: string, guards: readonly Type<CanActivate>[]): Type {
  @Controller({ path, version: VERSION_NEUTRAL })
  @UseGuards(MetricsTokenGuard, ...guards)
  class WsMetricsController {
    constructor(
      private readonly metrics: WsMetrics,
      private readonly host: HttpAdapterHost,
    ) {}

    @Get()
    scrape(@Headers('accept') accept: string | undefined, @Res() response: unknown): void {
      const format = formatFor(accept);
      const { httpAdapter } = this.host;
      httpAdapter.setHeader(response, 'Content-Type', format.contentType);
      httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
      httpAdapter.reply(response, format.write(this.metrics.collect()), HttpStatus.OK);
    }
  }
  return WsMetricsController;
}

import type { ServerResponse } from 'node:http';
import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { type Readiness, WsHealth } from 'nestjs-ws-security';

/** Answers probes without any details: everybody may ask. */
@Controller()
export class HealthController {
  constructor(private readonly health: WsHealth) {}

  /** Says only that the service runs. */
  @Get('health')
  runs(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** 503 if only a restart helps. */
  @Get('livez')
  live(@Res({ passthrough: true }) response: ServerResponse): { status: 'live' | 'stuck' } {
    const isLive = this.health.isLive();
    if (!isLive) response.statusCode = HttpStatus.SERVICE_UNAVAILABLE;
    return { status: isLive ? 'live' : 'stuck' };
  }

  /** 503 if clients should be sent to another node. */
  @Get('readyz')
  ready(@Res({ passthrough: true }) response: ServerResponse): Pick<Readiness, 'status'> {
    const { status } = this.health.readiness();
    if (status === 'not-ready') response.statusCode = HttpStatus.SERVICE_UNAVAILABLE;
    return { status };
  }
}

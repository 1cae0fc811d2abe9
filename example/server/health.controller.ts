import { Controller, Get } from '@nestjs/common';

/** Reports that the service runs, without any details. */
@Controller('health')
export class HealthController {
  @Get()
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }
}

import { Controller, Get } from '@nestjs/common';

/** Says that the service runs, and to strangers no more. */
@Controller('health')
export class HealthController {
  @Get()
  health(): { status: 'ok' } {
    return { status: 'ok' };
  }
}

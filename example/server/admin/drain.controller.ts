import { Controller, HttpCode, Logger, Post, UseGuards } from '@nestjs/common';
import { ConnectionRegistry, DrainService } from 'nestjs-ws-security';
import { AdminGuard } from '../auth/admin.guard.js';
import { BearerGuard } from '../auth/bearer.guard.js';

/** Closes all connections of this node, as before maintenance, while it still accepts new ones. */
@Controller('admin')
export class DrainController {
  private readonly logger = new Logger(DrainController.name);

  constructor(
    private readonly drain: DrainService,
    private readonly connections: ConnectionRegistry,
  ) {}

  @UseGuards(BearerGuard, AdminGuard)
  @Post('drain')
  @HttpCode(202)
  start(): { draining: number } {
    const draining = this.connections.size;
    // Runs in batches. The response does not wait for it.
    this.drain.recycle().catch((error: unknown) => this.logger.error(error));
    return { draining };
  }
}

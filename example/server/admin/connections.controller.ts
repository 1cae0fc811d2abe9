import { Controller, Get, UseGuards } from '@nestjs/common';
import { ConnectionRegistry } from 'nestjs-ws-security';
import { AdminGuard } from '../auth/admin.guard.js';
import { BearerGuard } from '../auth/bearer.guard.js';

/**
 * Reports the number of connections of this node. For administrators only, because it shows how well an attack works.
 */
@Controller('admin')
export class ConnectionsController {
  constructor(private readonly connections: ConnectionRegistry) {}

  @UseGuards(BearerGuard, AdminGuard)
  @Get('connections')
  count(): { connections: number } {
    return { connections: this.connections.size };
  }
}

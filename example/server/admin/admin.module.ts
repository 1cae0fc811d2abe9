import { Module } from '@nestjs/common';
import { ConnectionsController } from './connections.controller.js';
import { DrainController } from './drain.controller.js';

@Module({ controllers: [ConnectionsController, DrainController] })
export class AdminModule {}

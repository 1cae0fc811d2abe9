import { Module } from '@nestjs/common';
import { ConnectionsController } from './connections.controller.js';
import { DrainController } from './drain.controller.js';
import { OperateController } from './operate.controller.js';

@Module({ controllers: [ConnectionsController, DrainController, OperateController] })
export class AdminModule {}

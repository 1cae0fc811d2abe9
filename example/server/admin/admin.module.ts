import { Module } from '@nestjs/common';
import { BearerOperatorGuard, WsAdminModule } from 'nestjs-ws-security/admin';
import { ConnectionsController } from './connections.controller.js';
import { DrainController } from './drain.controller.js';

const ADMINISTRATORS = { roles: ['admin'] };

@Module({
  imports: [
    WsAdminModule.forRoot({
      path: '/operate',
      guards: [BearerOperatorGuard],
      read: ADMINISTRATORS,
      write: ADMINISTRATORS,
    }),
  ],
  controllers: [ConnectionsController, DrainController],
})
export class AdminModule {}

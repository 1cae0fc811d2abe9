import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { RoomPolicy, WsSecurityModule } from 'nestjs-ws-security';
import { BearerOperatorGuard, WsAdminModule } from 'nestjs-ws-security/admin';
import { WsMetricsModule } from 'nestjs-ws-security/metrics';
import { AdminModule } from './admin/admin.module.js';
import { AuthModule } from './auth/auth.module.js';
import { ChatRoomPolicy } from './chat/chat-room.policy.js';
import { ChatModule } from './chat/chat.module.js';
import { HealthController } from './health.controller.js';
import { PlainErrorFilter } from './http/plain-error.filter.js';
import { PageModule } from './page/page.module.js';
import { developmentSecret } from './service-config.js';

@Module({
  imports: [
    WsSecurityModule.forRoot({
      jwtSecret: developmentSecret(),
      providers: [{ provide: RoomPolicy, useClass: ChatRoomPolicy }],
    }),
    WsMetricsModule.forRoot(),
    AdminModule,
    // `root` has the role `admin`; its tokens have none of the scopes that the API asks for by default.
    WsAdminModule.forRoot({
      path: '/ws-admin',
      guards: [BearerOperatorGuard],
      read: { scopes: ['ws:read'], roles: ['admin'] },
      write: { scopes: ['ws:write'], roles: ['admin'] },
    }),
    AuthModule,
    ChatModule,
    PageModule,
  ],
  controllers: [HealthController],
  providers: [{ provide: APP_FILTER, useClass: PlainErrorFilter }],
})
export class AppModule {}

import { Module } from '@nestjs/common';
import { ChatGateway } from './chat.gateway.js';
import { PublicGateway } from './public.gateway.js';

@Module({ providers: [ChatGateway, PublicGateway] })
export class ChatModule {}

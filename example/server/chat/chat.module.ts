import { Module } from '@nestjs/common';
import { ChatRooms } from './chat-rooms.js';
import { ChatGateway } from './chat.gateway.js';
import { PublicGateway } from './public.gateway.js';

@Module({ providers: [ChatRooms, ChatGateway, PublicGateway] })
export class ChatModule {}

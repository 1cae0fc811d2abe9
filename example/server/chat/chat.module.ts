import { Module } from '@nestjs/common';
import { ChatGateway } from './chat.gateway.js';
import { CurrentNode } from './current-node.js';
import { PublicGateway } from './public.gateway.js';

@Module({ providers: [ChatGateway, PublicGateway, CurrentNode] })
export class ChatModule {}

import { MessageBody, SubscribeMessage, WebSocketGateway, type WsResponse } from '@nestjs/websockets';

/** A gateway without protection. */
@WebSocketGateway({ path: '/legacy' })
export class LegacyGateway {
  @SubscribeMessage('say')
  say(@MessageBody() data: unknown): WsResponse<unknown> {
    return { event: 'said', data };
  }
}

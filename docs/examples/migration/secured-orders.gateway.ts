import { Throttle } from '@nestjs/throttler';
import { MessageBody, SubscribeMessage, type WsResponse } from '@nestjs/websockets';
import { SecureGateway, WsRoles } from 'nestjs-ws-security';
import { OrderDto, ShopIsOpenGuard } from './orders.js';

@SecureGateway({ path: '/orders', guards: [ShopIsOpenGuard] })
export class SecuredOrdersGateway {
  @Throttle({ default: { limit: 2, ttl: 60_000 } })
  @SubscribeMessage('order.place')
  place(@MessageBody() { item, count }: OrderDto): WsResponse {
    return { event: 'order.placed', data: { item, count } };
  }

  @WsRoles('manager')
  @SubscribeMessage('order.cancel')
  cancel(): WsResponse {
    return { event: 'order.cancelled', data: null };
  }
}

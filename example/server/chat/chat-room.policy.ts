import { Injectable } from '@nestjs/common';
import { type Connection, RoomPolicy } from 'nestjs-ws-security';

/** Authenticated users may join every room. Users with the scope to write may send without joining. */
@Injectable()
export class ChatRoomPolicy extends RoomPolicy {
  override canSend({ principal }: Connection): boolean {
    return principal.scopes.includes('chat:write');
  }
}

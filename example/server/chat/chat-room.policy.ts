import { Injectable } from '@nestjs/common';
import { type Connection, RoomPolicy } from 'nestjs-ws-security';

/** Who is signed in may listen everywhere; who may write need not listen first. */
@Injectable()
export class ChatRoomPolicy extends RoomPolicy {
  override canSend({ principal }: Connection): boolean {
    return principal.scopes.includes('chat:write');
  }
}

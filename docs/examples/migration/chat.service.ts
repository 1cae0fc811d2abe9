import { Injectable } from '@nestjs/common';
import { IsString, Length } from 'class-validator';
import { type Connection, ConnectionRegistry } from 'nestjs-ws-security';
import { Subject } from 'rxjs';

export class RoomDto {
  @IsString()
  @Length(1, 50)
  room!: string;
}

export class SayDto extends RoomDto {
  @IsString()
  @Length(1, 500)
  text!: string;
}

export interface ChatMessage {
  room: string;
  text: string;
  from: string | null;
}

/** What both kinds of clients use. */
@Injectable()
export class Chat {
  private readonly messages = new Subject<ChatMessage>();
  /** The messages of this node. */
  readonly said = this.messages.asObservable();

  constructor(private readonly connections: ConnectionRegistry) {}

  /** @param sender checked by the `RoomPolicy` */
  async say({ room, text }: SayDto, from: string | null, sender?: Connection): Promise<ChatMessage> {
    const message = { room, text, from };
    await this.connections.sendToRoom(room, 'said', message, sender);
    this.messages.next(message);
    return message;
  }
}

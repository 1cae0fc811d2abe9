import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { type Connection, ConnectionRegistry, CurrentConnection, SecureGateway } from 'nestjs-ws-security';

class RoomDto {
  @IsString()
  room!: string;
}

/** Lets every client join any room. */
@SecureGateway({ path: '/ws' })
export class RoomGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('join')
  join(@MessageBody() { room }: RoomDto, @CurrentConnection() connection: Connection): Promise<void> {
    return this.connections.join(connection, room);
  }
}

import { MessageBody, SubscribeMessage, type WsResponse } from '@nestjs/websockets';
import { IsString, MaxLength } from 'class-validator';
import {
  ConnectionRegistry,
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  WsRoles,
} from 'nestjs-ws-security';

export class NoteDto {
  @IsString()
  @MaxLength(200)
  text!: string;
}

@SecureGateway({ path: '/notes' })
export class SecuredNotesGateway {
  constructor(private readonly connections: ConnectionRegistry) {}

  @SubscribeMessage('note.add')
  async add(@MessageBody() { text }: NoteDto, @CurrentPrincipal() { id }: Principal): Promise<WsResponse> {
    const note = { text, by: id };
    await this.connections.broadcast('note.added', note);
    return { event: 'note.saved', data: note };
  }

  @WsRoles('editor')
  @SubscribeMessage('note.clear')
  clear(): WsResponse {
    return { event: 'note.cleared', data: null };
  }
}

import { Injectable } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Length } from 'class-validator';
import {
  ConnectionRegistry,
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  WsRoles,
} from 'nestjs-ws-security';

@Injectable()
export class Notes {
  save(_author: string | null, _text: string): Promise<void> {
    return Promise.reject(new Error('no database'));
  }
}

export class NoteDto {
  @Length(1, 200)
  text!: string;
}

@SecureGateway({ path: '/notes' })
export class NotesGateway {
  constructor(
    private readonly notes: Notes,
    private readonly connections: ConnectionRegistry,
  ) {}

  @WsRoles('author')
  @SubscribeMessage('note.add')
  async add(
    @MessageBody() { text }: NoteDto,
    @CurrentPrincipal() { id }: Principal,
  ): Promise<{ saved: true }> {
    await this.notes.save(id, text);
    await this.connections.broadcast('note.added', { text, by: id });
    return { saved: true };
  }
}

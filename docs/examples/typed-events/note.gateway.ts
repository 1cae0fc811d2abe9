import { randomUUID } from 'node:crypto';
import { MessageBody } from '@nestjs/websockets';
import { IsString, IsUUID, MaxLength } from 'class-validator';
import {
  ConnectionRegistry,
  CurrentPrincipal,
  onEvent,
  type Principal,
  SecureGateway,
} from 'nestjs-ws-security';
import { from, type Observable } from 'rxjs';
import type { Note, NoteEvents } from './note-events.js';

class AddNoteDto {
  @IsString()
  @MaxLength(100)
  text!: string;
}

class RemoveNoteDto {
  @IsUUID()
  id!: string;
}

const On = onEvent<NoteEvents>();

@SecureGateway({ path: '/notes' })
export class NoteGateway {
  private readonly notes = new Map<string, Note>();

  constructor(private readonly connections: ConnectionRegistry) {}

  @On('note.add')
  async add(@CurrentPrincipal() { id }: Principal, @MessageBody() { text }: AddNoteDto): Promise<Note> {
    const note = { id: randomUUID(), text, addedAt: new Date() };
    this.notes.set(note.id, note);
    await this.connections.typed<NoteEvents>().sendToUser(id as string, 'note.added', note);
    return note;
  }

  @On('note.remove')
  remove(@MessageBody() { id }: RemoveNoteDto): void {
    this.notes.delete(id);
  }

  @On('note.list')
  list(): Note[] {
    return [...this.notes.values()];
  }

  @On('note.export')
  export(): Observable<Note> {
    return from(this.notes.values());
  }
}

import { WsClient, type WsClientOptions } from 'nestjs-ws-security/client';
import type { NoteEvents } from './note-events.js';

/** Connects, and calls `added` with the id of each note that this user adds, on any device. */
export function openNotes(options: WsClientOptions, added: (id: string) => void): WsClient<NoteEvents> {
  const client = new WsClient<NoteEvents>(options);
  client.onPush('note.added', ({ id }) => added(id));
  void client.connect();
  return client;
}

/** Adds a note, and returns the years of all notes. */
export async function addNote(client: WsClient<NoteEvents>, text: string): Promise<string[]> {
  await client.request('note.add', { text });
  const notes = await client.request('note.list');
  // A date arrives as a string.
  return notes.map(({ addedAt }) => addedAt.slice(0, 4));
}

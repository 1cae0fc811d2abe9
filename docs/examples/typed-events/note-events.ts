/** What clients of `/notes` send, what they get, and what the server pushes. */
export interface NoteEvents {
  requests: {
    'note.add': { body: { text: string }; reply: Note };
    'note.remove': { body: { id: string } };
    'note.list': { reply: Note[] };
    'note.export': { stream: Note };
  };
  pushes: {
    'note.added': Note;
  };
}

export interface Note {
  id: string;
  text: string;
  addedAt: Date;
}

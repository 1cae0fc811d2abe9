/** A contract with everything that one may have. */
export interface ChatEvents {
  requests: {
    'chat.send': { body: Text; reply: null };
    'chat.join': { body: { room: string } };
    'chat.search': { body?: { text?: string }; reply: Message[] };
    'chat.first': { reply: Message | null };
    'chat.follow': { body: { room: string }; stream: Message };
    'chat.leave': {};
    'chat.rename': { body: Rename; reply: { at: Date } };
  };
  pushes: {
    'chat.message': Message;
    'chat.closed': { reason: 'idle' | 'kicked' };
  };
}

export interface Text {
  room: string;
  text: string;
}

export interface Message {
  id: string;
  text: string;
  at: Date;
  tags?: ReadonlySet<string>;
}

export class Rename {
  name!: string;
  from!: Date;
}

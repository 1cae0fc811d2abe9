/** What the gateways and the page tell each other. A declaration file, so that neither gets code of the other. */
export interface ChatEvents {
  requests: {
    echo: { body: Echo; reply: Echo };
    whoami: { reply: { id: string | null; roles: readonly string[]; scopes: readonly string[] } };
    node: { reply: { name: string | null } };
    'chat.join': { body: { room: string } };
    'chat.send': { body: { room: string; text: string } };
    'admin.kick': { body: { userId: string }; reply: { kicked: number } };
    slow: { body: { ms: number }; reply: { ms: number } };
  };
  pushes: {
    'chat.message': ChatMessage;
  };
}

/** The events of the gateway for everyone. */
export interface PublicEvents {
  requests: {
    echo: { body: Echo; reply: Echo };
  };
}

export interface Echo {
  text: string;
}

export interface ChatMessage {
  room: string;
  from: string;
  text: string;
  /** Epoch milliseconds. */
  at: number;
}

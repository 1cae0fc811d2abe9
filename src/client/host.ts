import type { WebSocketConstructor } from './web-socket-like.js';

interface NetworkListener {
  handleEvent(event: { readonly type: string }): void;
}

/** Globals of browsers that Node does not have in every version. */
export interface Host {
  WebSocket?: WebSocketConstructor;
  location?: { readonly href: string };
  navigator?: { readonly onLine?: boolean };
  addEventListener?: (type: string, listener: NetworkListener) => void;
  removeEventListener?: (type: string, listener: NetworkListener) => void;
  /** Like all global functions, it needs no `this`. */
  reportError?: (error: unknown) => void;
}

export const host = globalThis as unknown as Host;

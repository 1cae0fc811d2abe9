import type { WebSocketConstructor } from './web-socket-like.js';

interface NetworkListener {
  handleEvent(event: { readonly type: string }): void;
}

/** What a browser's global scope offers and Node's, at some version, does not. */
export interface Host {
  WebSocket?: WebSocketConstructor;
  location?: { readonly href: string };
  navigator?: { readonly onLine?: boolean };
  addEventListener?(type: string, listener: NetworkListener): void;
  removeEventListener?(type: string, listener: NetworkListener): void;
  /** As every operation of a global scope, it needs no `this`. */
  reportError?: (error: unknown) => void;
}

export const host = globalThis as unknown as Host;

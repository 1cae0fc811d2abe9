import type { WebSocketConstructor } from './web-socket-like.js';

/** What a browser's global scope offers and Node's, at some version, does not. */
export interface Host {
  WebSocket?: WebSocketConstructor;
  location?: { readonly href: string };
  navigator?: { readonly onLine?: boolean };
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
  reportError?(error: unknown): void;
}

export const host = globalThis as unknown as Host;

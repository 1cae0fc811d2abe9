/** The events of a `WebSocket`. @publicApi */
export type SocketEventType = 'open' | 'message' | 'close' | 'error';

/** `message` events have `data`, `close` events have `code` and `reason`. @publicApi */
export interface SocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
}

/**
 * The part of the WHATWG `WebSocket` that the client uses. Browsers, Node (22 and later) and `ws` provide it.
 *
 * @publicApi
 */
export interface WebSocketLike {
  readonly readyState: number;
  addEventListener(type: SocketEventType, listener: (event: SocketEvent) => void): void;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

/** The `WebSocket` class of a runtime. @publicApi */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;

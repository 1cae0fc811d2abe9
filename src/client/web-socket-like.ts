/** The events of a `WebSocket`. @publicApi */
export type SocketEventType = 'open' | 'message' | 'close' | 'error';

/** `data` comes with a message, `code` and `reason` with a close. @publicApi */
export interface SocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
}

/**
 * The part of the WHATWG `WebSocket` the client uses; a browser's has it, Node's (22 and later) and that of `ws`.
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

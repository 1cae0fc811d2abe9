import type { WsMessageHandler } from '@nestjs/common';

/** The handlers of all gateways on one path, for one client. */
export class MessageHandlers {
  // The list that Nest creates for each client. A map would need additional memory and be hardly faster for a few
  // handlers.
  private handlers: readonly WsMessageHandler[] = [];

  add(handlers: readonly WsMessageHandler[]): void {
    this.handlers = this.handlers.length === 0 ? handlers : [...this.handlers, ...handlers];
  }

  of(event: string): WsMessageHandler | undefined {
    for (const handler of this.handlers) if (handler.message === event) return handler;
    return undefined;
  }
}

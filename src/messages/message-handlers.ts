import type { WsMessageHandler } from '@nestjs/common';

/** The events of all gateways on one path, for one client. */
export class MessageHandlers {
  // The list that Nest makes for each client. A map would be as large again, and not much faster for so few.
  private handlers: readonly WsMessageHandler[] = [];

  add(handlers: readonly WsMessageHandler[]): void {
    this.handlers = this.handlers.length === 0 ? handlers : [...this.handlers, ...handlers];
  }

  of(event: string): WsMessageHandler | undefined {
    return this.handlers.find(({ message }) => message === event);
  }
}

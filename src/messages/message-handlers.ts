import type { WsMessageHandler } from '@nestjs/common';

/** The events of all gateways on one path, for one client. */
export class MessageHandlers {
  private readonly byEvent = new Map<string, WsMessageHandler>();

  add(handlers: readonly WsMessageHandler[]): void {
    for (const handler of handlers) this.byEvent.set(handler.message, handler);
  }

  of(event: string): WsMessageHandler | undefined {
    return this.byEvent.get(event);
  }
}

import type { WsMessageHandler } from '@nestjs/common';
import { AbstractWsAdapter } from '@nestjs/websockets';
import { WebSocketServer } from 'ws';

/** Another adapter that an application might install. */
export class WsAdapter extends AbstractWsAdapter {
  override create(): WebSocketServer {
    return new WebSocketServer({ noServer: true });
  }

  override bindMessageHandlers(_client: unknown, _handlers: WsMessageHandler[]): void {}
}

import type { WsMessageHandler } from '@nestjs/common';
import { AbstractWsAdapter } from '@nestjs/websockets';
import { WebSocketServer } from 'ws';

/** Some other adapter, as an application might install it. */
export class WsAdapter extends AbstractWsAdapter {
  override create(): WebSocketServer {
    return new WebSocketServer({ noServer: true });
  }

  override bindMessageHandlers(_client: unknown, _handlers: WsMessageHandler[]): void {}
}

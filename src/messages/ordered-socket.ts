import type { WebSocket } from 'ws';
import { servedConnectionOf } from '../connection/connection-of.js';
import { frameChannelOf } from './frame-channel.js';
import type { MessageChannel } from './message-channel.js';
import { ServedSocket } from './served-socket.js';

/**
 * The client object of secured gateways. Whatever the application or `ws` sends directly keeps its place among the
 * answers that are held back.
 */
export class OrderedSocket extends ServedSocket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'message') {
      const [data, isBinary] = args as [Buffer, boolean];
      (frameChannelOf(this) as MessageChannel).onMessage(data, isBinary);
    }
    return super.emit(event, ...args);
  }

  override send(...args: [data: never, ...rest: never[]]): void {
    flush(this);
    (super.send as (...rest: unknown[]) => void)(...args);
  }

  override ping(...args: never[]): void {
    flush(this);
    super.ping(...args);
  }

  override pong(...args: never[]): void {
    flush(this);
    super.pong(...args);
  }

  override close(code?: number, reason?: string | Buffer): void {
    flush(this);
    super.close(code, reason);
  }
}

function flush(client: WebSocket): void {
  servedConnectionOf(client).socket.flush();
}

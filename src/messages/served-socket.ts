import { WebSocket } from 'ws';
import { frameChannelOf } from './frame-channel.js';

/**
 * The client object of all gateways. Its connection hears of an event before any listener of the application, and
 * without listeners of its own: those take memory for each connection, and the application could remove them.
 */
export class ServedSocket extends WebSocket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    switch (event) {
      case 'ping':
        frameChannelOf(this).onPing(args[0] as Buffer);
        break;
      case 'pong':
        frameChannelOf(this).onPong(args[0] as Buffer);
        break;
      case 'close':
        frameChannelOf(this).onClose(args[0] as number);
        break;
      case 'error':
        frameChannelOf(this).onError(args[0] as Error);
        // Without a listener, it would end the process.
        if (this.listenerCount('error') === 0) return true;
        break;
      default:
    }
    return super.emit(event, ...args);
  }
}

import type { RawData } from 'ws';
import { servedConnectionOf } from '../../connection/connection-of.js';
import { OutboundSocket } from '../outbound.socket.js';
import { ServedSocket } from '../served-socket.js';
import { plainChannelOf } from './plain-channel.js';

/**
 * The client object of unsecured gateways, which use it directly. No listener sees a message over the limits, and a
 * slow reader is noticed whoever sends.
 */
export class PlainSocket extends ServedSocket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event !== 'message') return super.emit(event, ...args);
    const [data, isBinary] = args as [RawData, boolean];
    plainChannelOf(this).receive(data, isBinary, () => void super.emit(event, ...args));
    return true;
  }

  override send(...args: [data: never, ...rest: never[]]): void {
    (super.send as (...rest: unknown[]) => void)(...args);
    const { socket, counters } = servedConnectionOf(this);
    counters.sentBytes += payloadLength(args[0]);
    if (socket instanceof OutboundSocket) socket.watch();
  }
}

function payloadLength(data: unknown): number {
  if (typeof data === 'string') return Buffer.byteLength(data);
  return ArrayBuffer.isView(data) || data instanceof ArrayBuffer ? data.byteLength : 0;
}

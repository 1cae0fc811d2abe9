import { Writable } from 'node:stream';
import type { WebSocket } from 'ws';

interface Received {
  /** Reads the frames. Not in the types of `ws`. */
  readonly _receiver?: Writable | null;
}

/**
 * `ws` ends its receiver two or three times per connection. Node creates an error with a full stack trace for each
 * repetition, which nobody gets, and which takes a twentieth of a handshake. So only the first one reaches Node.
 */
export function endReceiverOnce(client: WebSocket): void {
  // oxlint-disable-next-line no-underscore-dangle -- the name of `ws`
  const receiver = (client as WebSocket & Received)._receiver;
  if (receiver) receiver.end = endOnce as Writable['end'];
}

function endOnce(this: Writable, chunk?: unknown, encoding?: BufferEncoding, done?: () => void): Writable {
  if (this.writableEnded && chunk === undefined) return this;
  return Writable.prototype.end.call(this, chunk, encoding as BufferEncoding, done);
}

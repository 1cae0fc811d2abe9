import type { MessageChannel } from './message-channel.js';

// As with connections, no WeakMap: what that holds lives on until the next full garbage collection.
const CHANNEL = Symbol('channel');

interface Bound {
  [CHANNEL]?: MessageChannel;
}

/** @param emitter a client of `ws`, or the stream below it */
export function bindChannel(emitter: object, channel: MessageChannel): void {
  (emitter as Bound)[CHANNEL] = channel;
}

export function channelOf(emitter: object): MessageChannel | undefined {
  return (emitter as Bound)[CHANNEL];
}

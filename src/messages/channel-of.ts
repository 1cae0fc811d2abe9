import { connectionOf } from '../connection/connection-of.js';
import type { MessageChannel } from './message-channel.js';

/** The channel of a client of this module's. */
export function channelOf(client: object): MessageChannel {
  return connectionOf(client).inbound as MessageChannel;
}

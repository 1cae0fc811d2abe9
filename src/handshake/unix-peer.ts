import type { Socket } from 'node:net';

/**
 * Whether the peer of a socket came over a Unix socket, which has no addresses, and so belongs to the operator. A TCP
 * connection that the client has reset has no remote address either, but still its local one, or is destroyed.
 */
export function isUnixPeer(socket: Socket): boolean {
  return socket.remoteAddress === undefined && socket.localAddress === undefined && !socket.destroyed;
}

import type { ClientSettings } from './client-settings.js';
import { offeredProtocols, type ResumePoint } from './offered-protocols.js';
import type { WebSocketLike } from './web-socket-like.js';

/** The credential goes to the URL of the options and nowhere else, in one place of the handshake or after it. */
export function createSocket(
  { WebSocket, url, protocols, ticket, tokenIn }: ClientSettings,
  credential: string | null | undefined,
  resume: ResumePoint | null,
): WebSocketLike {
  const target = new URL(url);
  if (ticket && credential) target.searchParams.set('ticket', credential);
  const bearer = ticket || tokenIn === 'message' ? null : credential;
  return new WebSocket(target.href, offeredProtocols(protocols, bearer, resume));
}

import type { Handshake } from './handshake.js';

/**
 * A decision of the application before `101`: name it in `connectGuards` of the module or of a gateway. It is
 * dependency-injected and may be asynchronous, within `WS_AUTH_TIMEOUT_MS`.
 *
 * @publicApi
 */
export abstract class WsConnectGuard {
  /**
   * @returns whether the client may connect; `false`, or an error, is answered 403 `FORBIDDEN`
   * @throws HandshakeRefusal to give another answer
   */
  abstract canConnect(handshake: Handshake): boolean | Promise<boolean>;
}

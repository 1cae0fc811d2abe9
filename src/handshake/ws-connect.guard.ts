import type { Handshake } from './handshake.js';

/**
 * A decision of the application before `101`. Name the class in `connectGuards` of the module or of a gateway. It is
 * created by dependency injection, and may be asynchronous within `WS_AUTH_TIMEOUT_MS`.
 *
 * @publicApi
 */
export abstract class WsConnectGuard {
  /**
   * @returns whether the client may connect; `false` or an error is answered with 403 `FORBIDDEN`
   * @throws HandshakeRefusal for another answer
   */
  abstract canConnect(handshake: Handshake): boolean | Promise<boolean>;
}

import type { Credential } from '../auth/credential-extractor.js';
import { ANONYMOUS, type Principal } from '../connection/principal.js';
import type { UpgradeRequest } from '../connection/upgrade-request.js';
import type { Endpoint } from './endpoint.interface.js';

/**
 * One attempt to connect, and what the steps have found out about it so far.
 *
 * @publicApi
 */
export class Handshake {
  /** The client's address as limits count it. */
  address: string;
  /** Set by the path step; later steps may rely on it. */
  endpoint: Endpoint | undefined;
  credential: Credential | undefined;
  principal: Principal = ANONYMOUS;
  /** The subprotocol the server chose. */
  protocol: string | undefined;

  constructor(readonly request: UpgradeRequest) {
    this.address = request.remoteAddress;
  }
}

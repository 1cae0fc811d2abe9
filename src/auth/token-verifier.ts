import type { PartHealth } from '../connection/part-health.js';
import type { Principal } from '../connection/principal.js';
import type { SenderProof } from '../connection/sender-proof.js';
import type { TokenKind } from './credential.js';

/**
 * Verifies a token and returns its principal. Replace this provider to verify tokens of your own.
 *
 * @publicApi
 */
export abstract class TokenVerifier {
  /**
   * @param token as sent by the client, at most {@link MAX_TOKEN_BYTES} long
   * @param kind whether it was sent as a bearer token or as an API key
   * @param proof what the sender has proved in addition; without it, a token that is bound to a key (`cnf`) is
   * refused
   * @throws InvalidCredentialError if the token is invalid; any other error is answered as `AUTH_UNAVAILABLE`
   */
  abstract verify(token: string, kind: TokenKind, proof?: SenderProof): Promise<Principal>;

  /**
   * Like {@link verify}, but synchronous.
   *
   * @returns undefined if it would have to wait
   * @internal
   */
  verifyNow?(token: string, kind: TokenKind, proof?: SenderProof): Principal | undefined;

  /**
   * Whether tokens can be verified, for `WsHealth`: `unready` keeps clients away from this node, `degraded` is only
   * reported. It is asked at each probe and must not wait. A verifier without this method is `ready`.
   */
  health?(): PartHealth;
}

/** Longer tokens are refused before any cryptography. @publicApi */
export const MAX_TOKEN_BYTES = 8192;

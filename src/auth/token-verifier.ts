import type { Principal } from '../connection/principal.js';
import type { SenderProof } from '../connection/sender-proof.js';
import type { TokenKind } from './credential.js';

/**
 * Turns a token into a principal. Bound to a provider, so that a team can bring its own.
 *
 * @publicApi
 */
export abstract class TokenVerifier {
  /**
   * @param token as the client sent it, at most {@link MAX_TOKEN_BYTES} long
   * @param kind what it was sent as: a bearer token or an API key
   * @param proof what its sender has proved beside it; a token that is bound to a key (`cnf`) is refused without
   * @throws InvalidCredentialError when the token is not valid; any other error means that it cannot be told
   */
  abstract verify(token: string, kind: TokenKind, proof?: SenderProof): Promise<Principal>;

  /**
   * As {@link verify}, by a verifier that waits for nobody.
   *
   * @returns undefined where it would have to
   * @internal
   */
  verifyNow?(token: string, kind: TokenKind, proof?: SenderProof): Principal | undefined;
}

/** Longer tokens are refused before any cryptography. @publicApi */
export const MAX_TOKEN_BYTES = 8192;

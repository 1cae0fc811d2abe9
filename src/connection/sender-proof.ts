/**
 * What the sender of a token has proved in addition to knowing it.
 *
 * @publicApi
 */
export interface SenderProof {
  /**
   * SHA-256 thumbprint of the client certificate that was verified on the sender's TLS connection, in the format of
   * `x5t#S256` (RFC 8705 §3.1); undefined without one.
   */
  readonly certificateThumbprint: string | undefined;
}

/** A sender that has proved nothing. */
export const NO_PROOF: SenderProof = Object.freeze({ certificateThumbprint: undefined });

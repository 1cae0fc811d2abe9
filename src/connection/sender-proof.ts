/**
 * What the sender of a token has proved beside knowing it.
 *
 * @publicApi
 */
export interface SenderProof {
  /**
   * SHA-256 thumbprint of the client certificate that was verified on the sender's TLS connection, as `x5t#S256` has it
   * (RFC 8705 §3.1); undefined without one.
   */
  readonly certificateThumbprint: string | undefined;
}

/** A sender that has proved nothing. */
export const NO_PROOF: SenderProof = Object.freeze({ certificateThumbprint: undefined });

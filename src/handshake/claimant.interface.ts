import type { Credential } from '../auth/credential.js';
import type { Principal } from '../connection/principal.js';
import type { SenderProof } from '../connection/sender-proof.js';

/** A client that presents a credential, in a handshake or in a message. */
export interface Claimant {
  /** Address that failures are counted for. */
  readonly address: string;
  readonly credential: Credential | undefined;
  /** Proof of the connection in addition to the credential. */
  readonly proof: SenderProof;
  /** Anonymous until the credential is verified. */
  principal: Principal;
}

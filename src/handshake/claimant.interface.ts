import type { Credential } from '../auth/credential.js';
import type { Principal } from '../connection/principal.js';
import type { SenderProof } from '../connection/sender-proof.js';

/** Somebody who offers a credential: in a handshake, or in a message of an open connection. */
export interface Claimant {
  /** Failures are counted by it. */
  readonly address: string;
  readonly credential: Credential | undefined;
  /** What its connection proves beside the credential. */
  readonly proof: SenderProof;
  /** Anonymous until the credential is verified. */
  principal: Principal;
}

import type { Principal } from '../connection/principal.js';
import type { SenderProof } from '../connection/sender-proof.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';

const CERTIFICATE = 'x5t#S256';

/**
 * Refuses a token that is bound to a key (`cnf`, RFC 7800 §3), unless its sender has proved to hold that key. The only
 * binding that can be proved here is the one to a client certificate (RFC 8705 §3.1); whatever else the claim says, or
 * says beside it, is not understood and therefore refused.
 *
 * @throws InvalidCredentialError
 */
export function checkSender({ claims: { cnf } }: Principal, proof: SenderProof | undefined): void {
  if (cnf !== undefined && !isProven(cnf, proof?.certificateThumbprint))
    throw new InvalidCredentialError('bound to a key that its sender did not prove to hold');
}

function isProven(cnf: unknown, thumbprint: string | undefined): boolean {
  if (typeof cnf !== 'object' || cnf === null || thumbprint === undefined) return false;
  const [[method, value] = [], ...others] = Object.entries(cnf);
  return method === CERTIFICATE && value === thumbprint && others.length === 0;
}

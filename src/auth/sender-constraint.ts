import type { Principal } from '../connection/principal.js';
import type { SenderProof } from '../connection/sender-proof.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';

const CERTIFICATE = 'x5t#S256';

/**
 * Refuses a token that is bound to a key (`cnf`, RFC 7800 §3) unless its sender has proved possession of the key.
 * Only binding to a client certificate is supported (RFC 8705 §3.1). A claim with any other or additional method is
 * refused.
 *
 * @throws InvalidCredentialError
 */
export function checkSender({ claims: { cnf } }: Principal, proof: SenderProof | undefined): void {
  if (cnf !== undefined && !isProven(cnf, proof?.certificateThumbprint))
    throw new InvalidCredentialError('its sender has not proved possession of the key in cnf', {
      check: 'proof',
    });
}

function isProven(cnf: unknown, thumbprint: string | undefined): boolean {
  if (typeof cnf !== 'object' || cnf === null || thumbprint === undefined) return false;
  const [[method, value] = [], ...others] = Object.entries(cnf);
  return method === CERTIFICATE && value === thumbprint && others.length === 0;
}

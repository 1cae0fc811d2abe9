import type { Principal } from '../connection/principal.js';
import { InvalidCredentialError } from '../errors/invalid-credential.error.js';
import { TokenVerifier } from './token-verifier.js';

/** Refuses every credential. Used if no verifier is configured. */
export class UnconfiguredVerifier extends TokenVerifier {
  override verify(): Promise<Principal> {
    return Promise.reject(new InvalidCredentialError('no verifier is configured', { check: 'no-verifier' }));
  }
}

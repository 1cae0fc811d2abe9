import type { CredentialCheck } from 'nestjs-ws-security';
import { AUDIENCE, forged, goodClaims, rawSignature, type SigningKey } from './signing-keys.js';
import { frozen, MINUTE, seconds } from './token-attacks.js';

/** A token with one fault. Its wrong values contain "canary". */
export interface FaultyToken {
  fault: string;
  check: CredentialCheck;
  token: string;
  /** What the event names as configured; a part of it. */
  expected?: string;
}

export const KEY_ID = 'canary-kid';

/** A token for each check that an issuer's JWT can fail. */
export function faultyTokens(key: SigningKey, another: SigningKey, iss: string): FaultyToken[] {
  const good = (changes: object = {}) => goodClaims({ iss, ...changes });
  const withHeader = (changes: object, claims: object = good()): string =>
    forged({ alg: key.alg, kid: KEY_ID, ...changes }, claims as Record<string, unknown>, rawSignature(key));
  const withClaims = (changes: object): string => withHeader({}, good(changes));
  const encrypted = `${forged({ alg: 'dir', enc: 'A256GCM' }, { canary: 1 }, 'AAAA')}.AAAA.AAAA`;
  return [
    { fault: 'garbage', check: 'malformed', token: 'canary' },
    { fault: 'an encrypted token', check: 'malformed', token: encrypted },
    { fault: 'claims that are a list', check: 'malformed', token: withHeader({}, ['canary']) },
    { fault: 'an unknown crit', check: 'malformed', token: withHeader({ crit: ['canary'], canary: 1 }) },
    { fault: 'a time that is a text', check: 'malformed', token: withClaims({ exp: 'canary' }) },
    { fault: 'too many bytes', check: 'too-long', token: withClaims({ pad: 'canary'.repeat(1400) }) },
    { fault: 'alg none', check: 'algorithm', token: withHeader({ alg: 'none' }), expected: key.alg },
    { fault: 'another type', check: 'type', token: withHeader({ typ: 'canary+jwt' }), expected: 'at+jwt' },
    {
      fault: 'another issuer',
      check: 'issuer',
      token: withClaims({ iss: 'https://canary.test' }),
      expected: iss,
    },
    { fault: 'no issuer', check: 'issuer', token: withClaims({ iss: undefined }), expected: iss },
    {
      fault: 'another key',
      check: 'signature',
      token: forged({ alg: key.alg, kid: KEY_ID }, good(), rawSignature(another)),
    },
    { fault: 'no signature', check: 'signature', token: forged({ alg: key.alg, kid: KEY_ID }, good()) },
    {
      fault: 'another audience',
      check: 'audience',
      token: withClaims({ aud: ['canary'] }),
      expected: AUDIENCE,
    },
    { fault: 'no audience', check: 'audience', token: withClaims({ aud: undefined }), expected: AUDIENCE },
    { fault: 'no subject', check: 'subject', token: withClaims({ sub: undefined }) },
    { fault: 'nbf ahead', check: 'not-yet-valid', token: withClaims({ nbf: seconds(MINUTE, frozen) }) },
    { fault: 'no expiry', check: 'no-expiry', token: withClaims({ exp: undefined }) },
    { fault: 'a past expiry', check: 'expired', token: withClaims({ exp: seconds(-MINUTE, frozen) }) },
    { fault: 'a key that is not proved', check: 'proof', token: withClaims({ cnf: { jkt: 'canary' } }) },
  ];
}

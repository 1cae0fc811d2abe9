import type { CREDENTIAL_SOURCES } from '../options/options.schema.js';

/** Where a credential stood, in the handshake or after it. @publicApi */
export type CredentialSource = (typeof CREDENTIAL_SOURCES)[number];

/** What a verifier may be asked about. @publicApi */
export type TokenKind = 'bearer' | 'api-key';

/** What a credential was sent as. @publicApi */
export type CredentialKind = TokenKind | 'ticket';

/** A credential as a client sent it, not yet verified. @publicApi */
export interface Credential {
  readonly source: CredentialSource;
  readonly kind: CredentialKind;
  /** Empty when something stood there that is no bearer token, no key or no ticket. */
  readonly token: string;
}

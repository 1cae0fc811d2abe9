import type { CREDENTIAL_SOURCES } from '../options/options.schema.js';

/** The place of a credential: a part of the handshake, or a message. @publicApi */
export type CredentialSource = (typeof CREDENTIAL_SOURCES)[number];

/** The kinds of credentials that a verifier handles. @publicApi */
export type TokenKind = 'bearer' | 'api-key';

/** The kinds of credentials that a client can send. @publicApi */
export type CredentialKind = TokenKind | 'ticket';

/** A credential as a client sent it, not yet verified. @publicApi */
export interface Credential {
  readonly source: CredentialSource;
  readonly kind: CredentialKind;
  /** Empty if the value is not a bearer token, a key or a ticket. */
  readonly token: string;
}

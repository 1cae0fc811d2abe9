import type { CREDENTIAL_SOURCES } from '../options/options.schema.js';

/** What a client authenticated with, and where that was. @publicApi */
export interface ConnectionAuth {
  /** The place of the credential; `certificate` for the TLS handshake. */
  readonly source: (typeof CREDENTIAL_SOURCES)[number] | 'certificate';
  readonly kind: 'bearer' | 'api-key' | 'ticket' | 'certificate';
}

const known = new Map<string, ConnectionAuth>();

/** One object for all connections that authenticated in the same way. */
export function connectionAuth(
  source: ConnectionAuth['source'],
  kind: ConnectionAuth['kind'],
): ConnectionAuth {
  const name = `${source} ${kind}`;
  let auth = known.get(name);
  if (!auth) known.set(name, (auth = Object.freeze({ source, kind })));
  return auth;
}

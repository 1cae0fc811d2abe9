import type { X509Certificate } from 'node:crypto';
import type { SecureContextOptions, Server, TLSSocket } from 'node:tls';
import type { Principal } from '../../connection/principal.js';
import { certificatesOf } from './pem.js';
import { urisOf } from './subject-alt-name.js';

// RFC 3986 §2: a URI is printable ASCII without spaces.
const URI = /^[!-~]+$/;
const COMMON_NAME = /^\P{Cc}+$/u;

const known = new WeakMap<object, { ca: unknown; authorities: X509Certificate[] }>();

/**
 * Ends the connection of a client whose certificate did not verify, before anything it says is read. Clients without
 * a certificate pass.
 *
 * @returns stops doing so
 */
export function refuseUnverified(server: Server): () => void {
  const onSecureConnection = (socket: TLSSocket): void => {
    // The verdict is about this certificate; it must not be exchanged for another one.
    socket.disableRenegotiation();
    if (!socket.authorized && socket.getPeerX509Certificate()) socket.destroy();
  };
  // Before HTTP takes the connection: it would still be handed a request that came with the end of the handshake.
  server.prependListener('secureConnection', onSecureConnection);
  return () => server.off('secureConnection', onSecureConnection);
}

/**
 * Who a verified client certificate speaks of: the first URI among its alternative names, else its common name,
 * as its issuer knows it. The issuer has to be in the server's `ca`: what a client sends along proves nothing.
 *
 * @param now epoch milliseconds; a resumed TLS session is not verified again and may outlive its certificate
 */
export function principalOfCertificate(socket: TLSSocket, now = Date.now()): Principal | undefined {
  const verified = verifiedCertificateOf(socket, now);
  const id = verified && idOf(verified.certificate);
  if (!verified || id === undefined) return undefined;
  const { authority, expiresAt } = verified;
  return {
    id,
    issuer: `mtls:${authority.fingerprint256.replaceAll(':', '').toLowerCase()}`,
    kind: 'certificate',
    roles: [],
    scopes: [],
    claims: {},
    expiresAt,
    sessionId: null,
  };
}

interface VerifiedCertificate {
  readonly certificate: X509Certificate;
  readonly authority: X509Certificate;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * The client certificate of a connection, if it is verified, in force, and issued by an authority of the server's `ca`
 * as that is now.
 *
 * @param now epoch milliseconds
 */
export function verifiedCertificateOf(socket: TLSSocket, now: number): VerifiedCertificate | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return undefined;
  const expiresAt = Date.parse(certificate.validTo);
  const authority = authoritiesOf(socket).find((one) => isIssuedBy(certificate, one));
  // Written so that a date that cannot be read is not in the future.
  return authority && expiresAt > now ? { certificate, authority, expiresAt } : undefined;
}

function idOf(certificate: X509Certificate): string | undefined {
  const uris = urisOf(certificate.subjectAltName ?? '');
  if (!uris) return undefined;
  const [uri] = uris;
  if (uri !== undefined) return URI.test(uri) ? uri : undefined;
  // A list when there are several, and then nobody knows which one counts.
  const name = certificate.toLegacyObject().subject.CN;
  return typeof name === 'string' && COMMON_NAME.test(name) ? name : undefined;
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** The CAs of the server in force now. Node keeps them on the server, and the server on the socket. */
function authoritiesOf(socket: TLSSocket): readonly X509Certificate[] {
  const { server } = socket as { server?: Pick<SecureContextOptions, 'ca'> };
  if (!server?.ca) return [];
  let entry = known.get(server);
  if (entry?.ca !== server.ca) {
    entry = { ca: server.ca, authorities: [server.ca].flat().flatMap((pem) => readable(pem.toString())) };
    known.set(server, entry);
  }
  return entry?.authorities ?? [];
}

/** OpenSSL overlooks what is broken in a list that the application made itself; then nobody is vouched for. */
function readable(pem: string): X509Certificate[] {
  try {
    return certificatesOf(pem);
  } catch {
    return [];
  }
}

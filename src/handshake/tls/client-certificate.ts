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
 * Closes connections with a client certificate that is not verified, before any data is read. Clients without a
 * certificate are accepted.
 *
 * @returns a function that stops this
 */
export function refuseUnverified(server: Server): () => void {
  const onSecureConnection = (socket: TLSSocket): void => {
    // The certificate must not be replaced after it has been verified.
    socket.disableRenegotiation();
    if (!socket.authorized && socket.getPeerX509Certificate()) socket.destroy();
  };
  // Runs before HTTP takes the connection. Otherwise a request that came with the end of the handshake would be
  // handled.
  server.prependListener('secureConnection', onSecureConnection);
  return () => server.off('secureConnection', onSecureConnection);
}

/**
 * The principal of a verified client certificate. Its id is the first URI of the alternative names, or else the common
 * name. Its issuer must be in `ca` of the server: certificates from the client prove nothing.
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
 * The client certificate of a connection if it is verified, valid now, and issued by an authority in the current `ca`
 * of the server.
 *
 * @param now epoch milliseconds
 */
export function verifiedCertificateOf(socket: TLSSocket, now: number): VerifiedCertificate | undefined {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return undefined;
  const expiresAt = Date.parse(certificate.validTo);
  const authority = authoritiesOf(socket).find((one) => isIssuedBy(certificate, one));
  // An invalid date is NaN, and so is not in the future.
  return authority && expiresAt > now ? { certificate, authority, expiresAt } : undefined;
}

function idOf(certificate: X509Certificate): string | undefined {
  const uris = urisOf(certificate.subjectAltName ?? '');
  if (!uris) return undefined;
  const [uri] = uris;
  if (uri !== undefined) return URI.test(uri) ? uri : undefined;
  // The common name is a list if there are several, and then it is ambiguous.
  const name = certificate.toLegacyObject().subject.CN;
  return typeof name === 'string' && COMMON_NAME.test(name) ? name : undefined;
}

function isIssuedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

/** The current CAs of the server. Node keeps them on the server, and the server on the socket. */
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

/**
 * Parses a PEM bundle. OpenSSL ignores broken entries in `ca` of the application; here a bundle with one counts as
 * empty.
 */
function readable(pem: string): X509Certificate[] {
  try {
    return certificatesOf(pem);
  } catch {
    return [];
  }
}

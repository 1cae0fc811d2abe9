import { X509Certificate } from 'node:crypto';

// A block without an end extends to the end of the text, or to the end of the next block. So it counts and fails to
// parse. OpenSSL would ignore it silently.
const BLOCK = /^-----BEGIN CERTIFICATE-----[^]*?(?:^-----END CERTIFICATE-----[ \t]*$|(?![^]))/gm;

/**
 * The certificates of a PEM bundle, in order; `X509Certificate` alone reads only the first.
 *
 * @throws Error if one of them is invalid
 */
export function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
}

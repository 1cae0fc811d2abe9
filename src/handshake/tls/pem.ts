import { X509Certificate } from 'node:crypto';

// A block that was cut off runs to the end of the text, and one that has the next on its last line into that, so that
// they count and fail to parse: OpenSSL would stop there without a word.
const BLOCK = /^-----BEGIN CERTIFICATE-----[^]*?(?:^-----END CERTIFICATE-----[ \t]*$|(?![^]))/gm;

/**
 * The certificates of a PEM bundle, in order; `X509Certificate` alone reads only the first.
 *
 * @throws Error when one of them is broken
 */
export function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
}

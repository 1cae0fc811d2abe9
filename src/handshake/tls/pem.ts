import { X509Certificate } from 'node:crypto';

// A block that was cut off runs to the end of the text, so that it counts and fails to parse.
const BLOCK = /-----BEGIN CERTIFICATE-----[^]*?(?:-----END CERTIFICATE-----|$)/g;

/**
 * The certificates of a PEM bundle, in order; `X509Certificate` alone reads only the first.
 *
 * @throws Error when one of them is broken
 */
export function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
}

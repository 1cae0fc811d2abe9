import { createHash } from 'node:crypto';

/** SHA-256 of a secret that a client has, so that a store never contains the secret itself. */
export function secretHash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

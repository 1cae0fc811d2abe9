import { createHash, randomBytes } from 'node:crypto';
import { NODE_ID_BYTES } from '../../nodes/node-identity.js';

const SECRET_BYTES = 24;

/** @param node the id of the node that keeps the session @returns a new token, 43 characters of base64url */
export function createResumeToken(node: string): string {
  return Buffer.concat([Buffer.from(node, 'base64url'), randomBytes(SECRET_BYTES)]).toString('base64url');
}

/** Returns the id of the node that issued a token. @publicApi */
export function nodeOfResumeToken(token: string): string {
  return Buffer.from(token, 'base64url').subarray(0, NODE_ID_BYTES).toString('base64url');
}

/** Returns the hash under which a session is stored. The token cannot be derived from it. @publicApi */
export function hashOfResumeToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

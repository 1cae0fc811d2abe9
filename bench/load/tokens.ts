import { createHmac } from 'node:crypto';

export const SECRET = 'what the servers of a benchmark sign with, long enough for HS256';
const LIFETIME_S = 3600;

let minted = 0;

/** A token for one user with the role `user`. Each token is unique. */
export function mintToken(sub: string, secret = SECRET): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    sub,
    roles: ['user'],
    scope: 'chat:read chat:write',
    iat: now,
    exp: now + LIFETIME_S,
    n: ++minted,
  };
  const text = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** A token that is valid except for its signature. */
export const forgeToken = (sub: string): string =>
  mintToken(sub, 'the secret of somebody else, also long enough');

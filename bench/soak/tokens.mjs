import { createHmac } from 'node:crypto';

export const SECRET = 'what the service of a soak signs with, long enough for HS256';

/** A token of a user with write access, valid for a day. */
export function mintToken(sub, secret = SECRET) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { sub, roles: ['user'], scope: 'chat:read chat:write', iat, exp: iat + 86_400 };
  const text = [{ alg: 'HS256', typ: 'JWT' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

export const forgeToken = (sub) => mintToken(sub, 'the secret of somebody else, also long enough');

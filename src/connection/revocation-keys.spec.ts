import { ANONYMOUS, type Principal } from './principal.js';
import {
  revocationKeysOf,
  sessionIdIn,
  sessionKey,
  tokenIdIn,
  tokenKey,
  userIdIn,
  userKey,
} from './revocation-keys.js';

const ODD = ['alice', '', ':', '3:a:b', 'user:alice', 'user@1:a:b', 'session:x', 'token:x', '__proto__'];

it('S2 the id can be read from each key, whatever is in it', () => {
  for (const id of ODD) {
    for (const issuer of [null, ...ODD]) expect(userIdIn(userKey(id, issuer))).toBe(id);
    expect(sessionIdIn(sessionKey(id))).toBe(id);
    expect(tokenIdIn(tokenKey(id))).toBe(id);
  }
});

it('S2 a key of one kind is none of another', () => {
  for (const id of ODD) {
    const [user, session, token] = [userKey(id, 'a'), sessionKey(id), tokenKey(id)];
    expect([sessionIdIn(user), tokenIdIn(user)]).toEqual([undefined, undefined]);
    expect([userIdIn(session), tokenIdIn(session)]).toEqual([undefined, undefined]);
    expect([userIdIn(token), sessionIdIn(token)]).toEqual([undefined, undefined]);
  }
});

it('S2 a principal has a key for its user, its session and its token, as far as it has them', () => {
  const principal: Principal = { ...ANONYMOUS, id: 'alice', sessionId: 's', claims: { jti: 't' } };
  expect(revocationKeysOf(principal)).toEqual(['user:alice', 'session:s', 'token:t']);
  expect(revocationKeysOf({ ...principal, issuer: 'me', sessionId: null })).toEqual([
    'user@2:me:alice',
    'token:t',
  ]);
  expect(revocationKeysOf({ ...ANONYMOUS, claims: { jti: 7 } })).toEqual([]);
});

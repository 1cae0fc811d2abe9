import { ANONYMOUS, limitKeyOf, type Principal } from './principal.js';
import { PrincipalIndex } from './principal-index.js';
import { revocationKeysOf, sessionKey, tokenKey, userKey } from './revocation-keys.js';

interface Entry {
  readonly principal: Principal;
  readonly limitKey: string;
}

const entryOf = (more: Partial<Principal>): Entry => {
  const principal: Principal = { ...ANONYMOUS, ...more };
  return { principal, limitKey: limitKeyOf(principal, '192.0.2.1') };
};

const alice = entryOf({ id: 'alice', sessionId: 'one', claims: { jti: 'first' } });
const again = entryOf({ id: 'alice', sessionId: 'one', claims: { jti: 'second' } });
const foreign = entryOf({ id: 'alice', issuer: 'id', sessionId: 'first', claims: {} });
const nobody = entryOf({});
const ALL = [alice, again, foreign, nobody];

let index: PrincipalIndex<Entry>;

beforeEach(() => {
  index = new PrincipalIndex();
  for (const entry of ALL) index.add(entry);
});

it('finds the connections of a user, of any issuer', () => {
  expect(index.ofUser('alice')).toEqual([alice, again, foreign]);
  expect(index.ofUser('bob')).toEqual([]);
});

it('S2 finds what is revoked with a user, a session or a token, and nothing else', () => {
  expect(index.withRevocationKey(userKey('alice', null))).toEqual([alice, again]);
  expect(index.withRevocationKey(userKey('alice', 'id'))).toEqual([foreign]);
  expect(index.withRevocationKey(sessionKey('one'))).toEqual([alice, again]);
  expect(index.withRevocationKey(sessionKey('first'))).toEqual([foreign]);
  expect(index.withRevocationKey(tokenKey('first'))).toEqual([alice]);
  expect(index.withRevocationKey('alice')).toEqual([]);
});

it('S2 finds a connection under each key of its principal', () => {
  for (const entry of ALL)
    for (const key of revocationKeysOf(entry.principal))
      expect(index.withRevocationKey(key)).toContain(entry);
});

it('R5 finds the connections that are limited together', () => {
  expect(index.withLimitKey(alice.limitKey)).toEqual([alice, again]);
  expect(index.withLimitKey(nobody.limitKey)).toEqual([nobody]);
});

it('S10 nothing is left of connections that are gone', () => {
  for (const entry of ALL) index.delete(entry);
  expect(index.size).toBe(0);
});

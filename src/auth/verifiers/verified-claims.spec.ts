import { VerifiedClaims } from './verified-claims.js';

const MINUTE = 60_000;

function rememberedBy(verified: VerifiedClaims<string>, sub: string, now: number): boolean {
  return verified.find(verified.digestOf(sub), now) !== undefined;
}

function remember(verified: VerifiedClaims<string>, sub: string, now: number): void {
  verified.add(verified.digestOf(sub), 'key', { sub }, now);
}

describe('VerifiedClaims', () => {
  it('knows what verified a token, and what it claims', () => {
    const verified = new VerifiedClaims<string>();
    verified.add(verified.digestOf('token'), 'key', { sub: 'alice' }, 0);
    expect(verified.find(verified.digestOf('token'), 1)).toMatchObject({
      key: 'key',
      claims: { sub: 'alice' },
    });
    expect(rememberedBy(verified, 'token2', 1)).toBe(false);
    expect(rememberedBy(verified, 'toke', 1)).toBe(false);
  });

  it('gives everybody claims of their own', () => {
    const claims = { sub: 'alice', realm_access: { roles: ['user'] } };
    const verified = new VerifiedClaims<string>();
    verified.add('digest', 'key', claims, 0);
    claims.realm_access.roles.push('admin');
    const first = verified.find('digest', 0)?.claims as typeof claims;
    first.realm_access.roles.push('admin');
    expect(verified.find('digest', 0)?.claims).toEqual({ sub: 'alice', realm_access: { roles: ['user'] } });
  });

  it('forgets what nobody asked for during ten minutes, and not what somebody did', () => {
    const verified = new VerifiedClaims<string>();
    remember(verified, 'idle', 0);
    remember(verified, 'busy', 0);
    remember(verified, 'one', 10 * MINUTE);
    expect(rememberedBy(verified, 'busy', 11 * MINUTE)).toBe(true);
    remember(verified, 'two', 20 * MINUTE);
    expect(rememberedBy(verified, 'idle', 20 * MINUTE)).toBe(false);
    expect(rememberedBy(verified, 'busy', 20 * MINUTE)).toBe(true);
  });

  it('forgets everything after a long silence', () => {
    const verified = new VerifiedClaims<string>();
    remember(verified, 'old', 0);
    remember(verified, 'new', 60 * MINUTE);
    expect(rememberedBy(verified, 'old', 60 * MINUTE)).toBe(false);
    expect(verified.size).toBe(1);
  });

  it('is bounded in bytes, by what it may take', () => {
    const MEBIBYTE = 1024 * 1024;
    const padding = 'x'.repeat(6000);
    const most = (maxBytes?: number): number => {
      const verified = new VerifiedClaims<string>(maxBytes);
      let [size, lost] = [0, 0];
      for (let n = 0; n < 4000; n++) {
        verified.add(`digest ${n}`, 'key', { sub: 'alice', padding }, n / 1000);
        size = Math.max(size, verified.size);
        if (verified.find(`digest ${n}`, n / 1000) === undefined) lost++;
      }
      expect(lost).toBe(0);
      return size * 2 * padding.length;
    };
    const bytes = most(4 * MEBIBYTE);
    expect(bytes).toBeLessThan(4 * MEBIBYTE);
    expect(bytes).toBeGreaterThan(3 * MEBIBYTE);
    expect(most()).toBeLessThan(16 * MEBIBYTE);
  });

  it('counts a token once that comes again and again', () => {
    const verified = new VerifiedClaims<string>(100_000);
    remember(verified, 'bob', 0);
    for (let n = 0; n < 1000; n++) verified.add('digest', 'key', { sub: 'alice' }, n / 1000);
    expect(rememberedBy(verified, 'bob', 1)).toBe(true);
    expect(verified.size).toBe(2);
  });

  it('does not remember what would leave no room for others', () => {
    const verified = new VerifiedClaims<string>(10_000);
    remember(verified, 'bob', 0);
    verified.add('digest', 'key', { sub: 'alice', padding: 'x'.repeat(3000) }, 0);
    expect(verified.find('digest', 0)).toBeUndefined();
    expect(rememberedBy(verified, 'bob', 0)).toBe(true);
  });

  it('is bounded', () => {
    const verified = new VerifiedClaims<string>();
    for (let n = 0; n < 45_000; n++) verified.add(`digest ${n}`, 'key', { sub: 'alice' }, n / 1000);
    expect(verified.size).toBeLessThanOrEqual(20_000);
    expect(verified.find('digest 44999', 100)).toBeDefined();
    expect(verified.find('digest 0', 100)).toBeUndefined();
  });
});

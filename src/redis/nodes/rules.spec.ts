import { defineScript } from '../link/script.js';
import { rulesDigest } from './rules.js';

const first = defineScript('first', 'return 1');
const second = defineScript('second', 'return 2');

describe('rulesDigest', () => {
  it('is the same for the same rules in any order, and another for others', () => {
    const digest = rulesDigest([first, second], { limits: 'leased', ttl: 10_000 });
    expect(rulesDigest([second, first], { ttl: 10_000, limits: 'leased' })).toBe(digest);
    expect(digest).toMatch(/^[\w-]{16}$/);
    const others = [
      rulesDigest([first], { limits: 'leased', ttl: 10_000 }),
      rulesDigest([first, second], { limits: 'exact', ttl: 10_000 }),
      rulesDigest([first, defineScript('second', 'return 3')], { limits: 'leased', ttl: 10_000 }),
    ];
    expect(others).not.toContain(digest);
  });
});

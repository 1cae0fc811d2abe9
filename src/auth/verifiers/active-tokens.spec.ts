import { ActiveTokens } from './active-tokens.js';

const answer = (text: string, until = 5000) => ({ json: text, until });

describe('ActiveTokens', () => {
  it('knows a token until its answer is too old', () => {
    const tokens = new ActiveTokens();
    tokens.add('one', answer('{}'));
    expect(tokens.find('one', 4999)).toEqual(answer('{}'));
    expect(tokens.find('one', 5000)).toBeUndefined();
    expect(tokens.size).toBe(0);
  });

  it('is bounded in bytes and in tokens, and the oldest go first', () => {
    const large = new ActiveTokens(1_000_000);
    for (let n = 0; n < 100; n++) large.add(String(n), answer('x'.repeat(50_000)));
    expect(large.size).toBe(9);
    expect(large.find('90', 0)).toBeUndefined();
    expect(large.find('91', 0)).toBeDefined();
    const many = new ActiveTokens();
    for (let n = 0; n < 10_050; n++) many.add(String(n), answer('{}'));
    expect(many.size).toBe(10_000);
  });

  it('takes 16 MiB at most', () => {
    const tokens = new ActiveTokens();
    for (let n = 0; n < 200; n++) tokens.add(String(n), answer('x'.repeat(262_144)));
    expect(tokens.size * 2 * 262_144).toBeLessThanOrEqual(16 * 1024 * 1024);
  });

  it('counts a token once that comes again and again, and gives its room back', () => {
    const tokens = new ActiveTokens(1_000_000);
    tokens.add('bob', answer('{}'));
    for (let n = 0; n < 100; n++) tokens.add('one', answer('x'.repeat(400_000), n));
    expect(tokens.size).toBe(2);
    expect(tokens.find('one', 99)).toBeUndefined();
    tokens.add('two', answer('x'.repeat(400_000)));
    expect(tokens.size).toBe(2);
  });

  it('does not remember what would leave no room for others', () => {
    const tokens = new ActiveTokens(1000);
    tokens.add('bob', answer('{}'));
    tokens.add('one', answer('x'.repeat(500)));
    expect(tokens.find('one', 0)).toBeUndefined();
    expect(tokens.find('bob', 0)).toBeDefined();
  });
});

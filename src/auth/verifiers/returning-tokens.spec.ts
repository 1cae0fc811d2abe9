import { randomBytes } from 'node:crypto';
import { ReturningTokens } from './returning-tokens.js';

const random = (): string => `head.claims.${randomBytes(32).toString('base64url')}`;

describe('ReturningTokens', () => {
  it('knows a token that was added, and hardly ever another one', () => {
    const returning = new ReturningTokens();
    const tokens = Array.from({ length: 500 }, random);
    expect(returning.has(tokens[0] as string)).toBe(false);
    for (const token of tokens) returning.add(token);
    expect(tokens.filter((token) => returning.has(token)).length).toBeGreaterThan(450);
    expect(Array.from({ length: 500 }, random).filter((token) => returning.has(token)).length).toBeLessThan(
      5,
    );
  });

  it('has a constant size, and forgets the older one of two tokens with one place', () => {
    const returning = new ReturningTokens();
    const first = random();
    returning.add(first);
    for (let n = 0; n < 1_000_000 && returning.has(first); n++) returning.add(random());
    expect(returning.has(first)).toBe(false);
  });

  it('takes any text', () => {
    const returning = new ReturningTokens();
    for (const text of ['', '.', 'é'.repeat(9)]) {
      returning.add(text);
      expect(returning.has(text)).toBe(true);
    }
  });
});

import { IssuedAhead } from './issued-ahead.js';

const MAX_USERS = 10_000;

describe('IssuedAhead', () => {
  it('S2 knows the latest moment of a user until the clock has caught up', () => {
    const ahead = new IssuedAhead();
    ahead.add('alice', 120, 100);
    ahead.add('alice', 110, 100);
    ahead.add('bob', 130, 100);
    expect(ahead.latest('alice', 105)).toBe(120);
    expect(ahead.latest('alice', 125)).toBe(125);
    expect(ahead.latest('carol', 105)).toBe(105);
  });

  it('forgets what the clock has caught up with when others come', () => {
    const ahead = new IssuedAhead();
    for (let n = 0; n < 100; n++) ahead.add(`user ${n}`, 120, 100);
    ahead.add('alice', 140, 120);
    expect(ahead.size).toBe(1);
  });

  it('S2 is bounded, and whom it gave up is still reached', () => {
    const ahead = new IssuedAhead();
    for (let n = 0; n <= MAX_USERS; n++) ahead.add(`user ${n}`, 200 + n, 100);
    expect(ahead.size).toBe(MAX_USERS);
    expect(ahead.latest('user 0', 100)).toBe(200);
    expect(ahead.latest('user 1', 100)).toBe(201);
    expect(ahead.latest('alice', 300)).toBe(300);
  });
});

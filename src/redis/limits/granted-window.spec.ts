import { GrantedWindow } from './granted-window.js';
import type { Waiter } from './waiter.js';

const TTL = 10_000;
const LIMIT = 100;

/** A window, what its waiters were told, and a call that is answered. */
function start() {
  const window = new GrantedWindow('key', { tag: '{c}' }, TTL, 0);
  const told: (number | string)[] = [];
  const waiter = (cost = 1, limit = LIMIT): Waiter => ({
    cost,
    limit,
    settle: (wait) => void told.push(wait),
    giveUp: () => void told.push('gave up'),
  });
  const lend = (call: number, amount: number, lifeOrWait: number, sentAt = 0, now = sentAt) => {
    const request = window.request(sentAt);
    window.onAnswer(request, call, sentAt, now, amount, lifeOrWait);
    return request;
  };
  return { window, told, waiter, lend };
}

describe('GrantedWindow', () => {
  it('R2 a grant ends so long after it was asked for, not after it was answered', () => {
    const { window, waiter, lend } = start();
    window.enqueue(waiter());
    lend(1, 5, 1000, 0, 200);
    expect(window.hit(999, LIMIT, 1)).toBe(0);
    expect(window.hit(1000, LIMIT, 1)).toBeUndefined();
  });

  it('R2 reports each ended grant once, with what is left of it and when it was last used', () => {
    const { window, waiter, lend } = start();
    window.enqueue(waiter());
    lend(1, 5, 1000);
    window.hit(400, LIMIT, 1);
    window.enqueue(waiter());
    const [grant] = lend(2, 5, 1000, 1500).ended;
    expect(grant).toMatchObject({ call: 1, rest: 3, lastHit: 400 });
    window.enqueue(waiter());
    expect(window.request(1600).ended).toEqual([]);
  });

  it('R2 reports what was spent in parts of the window, so that early hits leave it early', () => {
    const { window, waiter, lend } = start();
    window.enqueue(waiter());
    lend(1, 9, 2000);
    for (const at of [100, 249, 250, 251, 1600]) window.hit(at, LIMIT, 1);
    const [grant] = window.request(2000).ended;
    const reported: number[] = [];
    grant?.reportTo(reported, 0.5);
    expect(reported).toEqual([3, 3, 250, 2, 252, 1, 1601]);
  });

  it('R2 reports a grant that was not spent without parts', () => {
    const { window, lend } = start();
    lend(1, 5, 1000);
    const [grant] = window.request(1000).ended;
    const reported: number[] = [];
    grant?.reportTo(reported, 0);
    expect(reported).toEqual([0]);
  });

  it('R2 repeats the report of a call that did not run', () => {
    const { window, waiter, lend } = start();
    window.enqueue(waiter());
    lend(1, 1, 1000);
    window.enqueue(waiter());
    const request = window.request(100);
    window.takeBack(request);
    expect(window.request(200).ended).toEqual(request.ended);
    expect(request.ended).toHaveLength(1);
  });

  it('R2 spends several grants for one hit, and asks for what it lacks', () => {
    const { window, told, waiter, lend } = start();
    window.enqueue(waiter());
    lend(1, 4, 1000);
    window.enqueue(waiter(10));
    expect(lend(2, 8, 1000)).toMatchObject({ need: 7, limit: LIMIT });
    expect(told).toEqual([0, 0]);
    expect(window.hit(0, LIMIT, 1)).toBe(0);
    expect(window.hit(0, LIMIT, 1)).toBeUndefined();
  });

  it('R2 refuses without a call until there may be budget, but for hits that lack less', () => {
    const { window, told, waiter, lend } = start();
    window.enqueue(waiter(10));
    lend(1, 0, 500);
    expect(told).toEqual([500]);
    expect(window.hit(100, LIMIT, 10)).toBe(400);
    expect(window.hit(100, LIMIT, 20)).toBe(400);
    expect(window.hit(100, LIMIT, 9)).toBeUndefined();
    expect(window.hit(100, LIMIT + 1, 10)).toBeUndefined();
    expect(window.hit(500, LIMIT, 10)).toBeUndefined();
  });

  it('R2 spends nothing that was lent under a higher limit', () => {
    const { window, waiter, lend } = start();
    window.enqueue(waiter());
    lend(1, 50, 1000);
    expect(window.hit(10, LIMIT, 1)).toBe(0);
    expect(window.hit(10, 40, 1)).toBeUndefined();
    expect(window.hit(10, LIMIT, 1)).toBeUndefined();
  });

  it('R11 lets no more than 1,000 hits wait', () => {
    const { window, told, waiter } = start();
    for (let i = 0; i < 1000; i++) expect(window.enqueue(waiter())).toBe(true);
    expect(window.enqueue(waiter())).toBe(false);
    window.giveUp();
    expect(told).toHaveLength(1000);
    expect(window.waiters).toBe(0);
  });

  it('R2 is idle when nothing of it counts anywhere', () => {
    const { window, waiter, lend } = start();
    window.enqueue(waiter());
    expect(window.isIdle(0)).toBe(false);
    lend(1, 5, 1000);
    expect(window.isIdle(1000 + TTL - 1)).toBe(false);
    expect(window.isIdle(1000 + TTL)).toBe(true);
  });

  it('R2 forgets what it was lent when the machine was suspended', () => {
    const { window, waiter, lend } = start();
    window.enqueue(waiter());
    lend(1, 5, 1000);
    window.forget();
    expect(window.hit(10, LIMIT, 1)).toBeUndefined();
    expect(window.endAll(10)).toEqual([]);
  });
});

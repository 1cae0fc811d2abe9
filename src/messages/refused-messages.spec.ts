import { RefusedMessagesLog } from './refused-messages.js';

describe('RefusedMessagesLog', () => {
  it('counts the same refusal in one entry, and tells events, codes and rules apart', () => {
    const log = new RefusedMessagesLog();
    log.add('FORBIDDEN', 'a', 'role admin');
    log.add('FORBIDDEN', 'a', 'role admin');
    log.add('FORBIDDEN', 'a', 'scope x');
    log.add('FORBIDDEN', 'b', 'role admin');
    log.add('UNAUTHENTICATED', 'b', undefined);
    log.add('BAD_MESSAGE', undefined, undefined);
    expect(log.take()).toEqual({
      refusals: [
        { code: 'FORBIDDEN', event: 'a', rule: 'role admin', count: 2 },
        { code: 'FORBIDDEN', event: 'a', rule: 'scope x', count: 1 },
        { code: 'FORBIDDEN', event: 'b', rule: 'role admin', count: 1 },
        { code: 'UNAUTHENTICATED', event: 'b', count: 1 },
        { code: 'BAD_MESSAGE', count: 1 },
      ],
    });
    expect(log.take()).toEqual({ refusals: [] });
  });

  it('L3 names at most eight kinds, counts the others, and shortens the names that clients choose', () => {
    const log = new RefusedMessagesLog();
    for (let i = 0; i < 1000; i++)
      log.add('UNKNOWN_EVENT', `${i}\u001b[31m\u202e${'x'.repeat(500)}`, undefined);
    const { refusals, others } = log.take();
    expect(refusals).toHaveLength(8);
    expect(others).toBe(992);
    expect(refusals[0]?.event).toMatch(/^0\[31mx{100,128}$/);
  });
});

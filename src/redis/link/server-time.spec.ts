import fc from 'fast-check';
import { ServerTime } from './server-time.js';

describe('ServerTime', () => {
  it('is never behind the server, and its lower bound never ahead', () => {
    const part = fc.double({ min: 0, max: 300, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), part, part, (difference, there, back) => {
        const time = new ServerTime();
        const sentAt = 1000;
        const serverNow = Math.floor(sentAt + there + difference);
        time.observe(serverNow, sentAt, sentAt + there + back);
        expect(time.offset).toBeGreaterThanOrEqual(difference);
        expect(time.lowerOffset).toBeLessThanOrEqual(difference);
      }),
    );
  });

  it('reports a step of the clock, and does not mistake slowness for one', () => {
    const time = new ServerTime();
    expect(time.offset).toBeUndefined();
    expect(time.observe(100_000, 0, 10)).toBeUndefined();
    expect(time.observe(102_000, 1000, 3000)).toBeUndefined();
    expect(time.observe(104_000, 4000, 4010)).toBeUndefined();
    expect(time.observe(109_700, 5000, 5010)).toBeGreaterThanOrEqual(500);
    expect(time.observe(106_000, 6000, 6010)).toBeLessThanOrEqual(-500);
    time.forget();
    expect([time.offset, time.lowerOffset]).toEqual([undefined, undefined]);
    expect(time.observe(206_000, 7000, 7010)).toBeUndefined();
  });
});

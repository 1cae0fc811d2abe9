import { ManualClock } from '../../test/support/manual-clock.js';
import { CallBatches } from './call-batches.js';

/** Batches with what was sent, and how to answer. */
function start(size = 3, gapMs = 5, spareSize?: number) {
  const clock = new ManualClock();
  const sent: string[][] = [];
  const unneeded = new Set<string>();
  let answer: () => void = () => undefined;
  const batches = new CallBatches<string>(clock, {
    size,
    gapMs,
    ...(spareSize !== undefined && { spareSize }),
    needsCall: (item) => !unneeded.has(item),
    send: (items, done) => {
      sent.push([...items]);
      answer = done;
    },
  });
  return { clock, sent, unneeded, batches, answer: () => answer() };
}

describe('CallBatches', () => {
  it('R2 makes one call at a time, and puts what comes meanwhile into the next', () => {
    const { clock, sent, batches, answer } = start();
    for (const item of ['a', 'b', 'b', 'c', 'd', 'e']) batches.add(item);
    clock.advance(100);
    expect(sent).toEqual([['a']]);
    answer();
    expect(sent).toEqual([['a'], ['b', 'c', 'd']]);
    clock.advance(100);
    answer();
    expect(sent.at(-1)).toEqual(['e']);
  });

  it('R2 leaves a while between the starts of two calls', () => {
    const { clock, sent, batches, answer } = start();
    batches.add('a');
    answer();
    batches.add('b');
    clock.advance(4);
    expect(sent).toEqual([['a']]);
    clock.advance(1);
    expect(sent).toEqual([['a'], ['b']]);
  });

  it('R2 makes the next call at once when it is full', () => {
    const { clock, sent, batches, answer } = start();
    batches.add('a');
    answer();
    batches.add('b');
    clock.advance(1);
    batches.add('c');
    expect(sent).toEqual([['a']]);
    batches.add('d');
    expect(sent).toEqual([['a'], ['b', 'c', 'd']]);
    expect(clock.running).toBe(0);
    answer();
    batches.add('e');
    clock.advance(4);
    expect(sent).toHaveLength(2);
    clock.advance(1);
    expect(sent.at(-1)).toEqual(['e']);
  });

  it('R2 adds what can wait to the next call, and makes no call for it', () => {
    const { clock, sent, batches } = start();
    for (const item of ['x', 'y', 'z']) batches.addSpare(item);
    clock.advance(100);
    expect(sent).toEqual([]);
    batches.add('a');
    expect(sent).toEqual([['a', 'x', 'y']]);
  });

  it('R2 adds what can wait to calls that are not large already', () => {
    const { clock, sent, batches, answer } = start(10, 5, 3);
    batches.add('a');
    for (const item of ['w', 'x', 'y', 'z']) batches.addSpare(item);
    for (const item of ['b', 'c', 'd', 'e']) batches.add(item);
    clock.advance(5);
    answer();
    batches.add('f');
    clock.advance(5);
    answer();
    expect(sent).toEqual([['a'], ['b', 'c', 'd', 'e'], ['f', 'w', 'x']]);
  });

  it('R2 leaves out items that need no call any more', () => {
    const { clock, sent, unneeded, batches, answer } = start();
    for (const item of ['a', 'b', 'c']) batches.add(item);
    unneeded.add('b');
    answer();
    clock.advance(5);
    expect(sent).toEqual([['a'], ['c']]);
  });

  it('L5 runs no timer when it is stopped', () => {
    const { clock, batches, answer } = start();
    batches.add('a');
    answer();
    batches.add('b');
    expect(clock.running).toBe(1);
    batches.stop();
    expect(clock.running).toBe(0);
  });
});

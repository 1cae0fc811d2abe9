import { ManualClock } from '../../../test/support/manual-clock.js';
import type { PlaceCalls } from './place-calls.js';
import { PlaceOutcome } from './place.script.js';
import { Places } from './places.js';
import type { PlaceRequest } from './scope-places.js';

const PARTITION = { tag: '{c}' };
type Answer = [outcome: number, others: number];

/** Places whose calls the test answers. */
function start() {
  const clock = new ManualClock();
  const sent: PlaceRequest[][] = [];
  let settle: {
    onAnswer: (reply: readonly number[]) => void;
    onFailed: (outcome: 'not-run' | 'unknown') => void;
  };
  const calls: PlaceCalls = {
    send(_, _scopes, requests, onAnswer, onFailed) {
      sent.push([...requests]);
      settle = { onAnswer, onFailed };
    },
  };
  const over: unknown[] = [];
  const places = new Places(clock, calls, (...what) => over.push(what));
  const told: (boolean | string)[] = [];
  const take = (limit = 5, scope = 'a'): void =>
    places.take(
      places.of(scope, () => ({ key: scope, partition: PARTITION })),
      { limit, settle: (isTaken) => told.push(isTaken), giveUp: (outcome) => told.push(outcome) },
    );
  return {
    clock,
    places,
    sent,
    told,
    over,
    take,
    answer: (...answers: Answer[]) => settle.onAnswer(answers.flat()),
    fail: (outcome: 'not-run' | 'unknown') => settle.onFailed(outcome),
    /** The last call: its counts and limits. */
    last: () => sent.at(-1)?.map(({ count, limit }) => [count, limit]),
  };
}

const DONE: Answer = [PlaceOutcome.DONE, 0];

describe('Places', () => {
  it('R4 says the whole count each time, with a serial that grows', () => {
    const { sent, take, answer, told, clock } = start();
    take();
    answer(DONE);
    clock.advance(5);
    take();
    answer(DONE);
    expect(told).toEqual([true, true]);
    expect(sent.flat().map(({ count }) => count)).toEqual([1, 2]);
    expect(sent[1]?.[0]?.serial).toBeGreaterThan(sent[0]?.[0]?.serial as number);
  });

  it.each(['unknown', 'not-run'] as const)(
    'R4 after a call that failed (%s) the count is said again',
    (outcome) => {
      const { take, fail, answer, told, last, clock, places } = start();
      take();
      answer(DONE);
      clock.advance(5);
      places.release('a');
      fail(outcome);
      clock.advance(1000);
      expect(last()).toEqual([[0, undefined]]);
      answer(DONE);
      expect(told).toEqual([true]);
      expect(places.size).toBe(0);
    },
  );

  it('R4 a place that may have been taken is given back', () => {
    const { take, fail, answer, told, last, clock, places } = start();
    take();
    fail('unknown');
    expect(told).toEqual(['unknown']);
    clock.advance(1000);
    expect(last()).toEqual([[0, undefined]]);
    answer(DONE);
    expect(places.size).toBe(0);
  });

  it('R4 simultaneous takers get exactly as many places as other nodes leave free', () => {
    const { take, answer, told, last, clock } = start();
    take(9, 'busy');
    for (let i = 0; i < 7; i++) take(5);
    answer(DONE);
    clock.advance(5);
    expect(last()).toEqual([[5, 5]]);
    answer([PlaceOutcome.REFUSED, 3]);
    clock.advance(5);
    expect(last()).toEqual([[2, 5]]);
    answer([PlaceOutcome.DONE, 3]);
    expect(told.filter((one) => one === true)).toHaveLength(3);
    expect(told.filter((one) => one === false)).toHaveLength(5);
  });

  it('R4 a place that is returned during a call is reported by the next one', () => {
    const { take, answer, last, clock, places } = start();
    take();
    answer(DONE);
    clock.advance(5);
    take();
    places.release('a');
    answer(DONE);
    clock.advance(5);
    expect(last()).toEqual([[1, undefined]]);
  });

  it('R4 a call that arrived after a later one is repeated, and nobody is refused for it', () => {
    const { take, answer, told, last, clock } = start();
    take();
    answer([PlaceOutcome.IGNORED, 0]);
    clock.advance(5);
    expect(last()).toEqual([[1, 5]]);
    answer(DONE);
    expect(told).toEqual([true]);
  });

  it('R4 says each count again within 30 seconds', () => {
    const { take, answer, sent, clock } = start();
    take();
    answer(DONE);
    clock.advance(24_000);
    expect(sent).toHaveLength(1);
    clock.advance(6000);
    expect(sent).toHaveLength(2);
  });

  it('R4 an assertion that failed is repeated until Redis knows', async () => {
    const { take, answer, fail, sent, clock, places } = start();
    take();
    answer(DONE);
    clock.advance(5);
    const asserted = { isOver: false };
    const assertion = places.assertAll(PARTITION).then(() => (asserted.isOver = true));
    fail('not-run');
    clock.advance(1000);
    await Promise.resolve();
    expect(asserted.isOver).toBe(false);
    expect(sent).toHaveLength(3);
    answer(DONE);
    await assertion;
    expect(asserted.isOver).toBe(true);
  });

  it('R4 a call that was under way before is no assertion', async () => {
    const { take, answer, clock, places } = start();
    take();
    answer(DONE);
    clock.advance(5);
    take();
    const asserted = { isOver: false };
    const assertion = places.assertAll(PARTITION).then(() => (asserted.isOver = true));
    answer(DONE);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asserted.isOver).toBe(false);
    clock.advance(5);
    answer(DONE);
    await assertion;
    expect(asserted.isOver).toBe(true);
  });

  it('R4 asserts a first place that is just being taken', () => {
    const { take, answer, last, clock, places } = start();
    take();
    void places.assertAll(PARTITION);
    answer(DONE);
    clock.advance(5);
    expect(last()).toEqual([[1, undefined]]);
  });

  it('R4 reports once that more places are taken than allowed', () => {
    const { take, answer, over, clock, places } = start();
    take(2);
    answer(DONE);
    for (let i = 0; i < 2; i++) {
      clock.advance(5);
      void places.assertAll(PARTITION);
      answer([PlaceOutcome.DONE, 2]);
    }
    expect(over).toEqual([['a', 3, 2]]);
  });
});

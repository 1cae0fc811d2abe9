import { serialize } from 'node:v8';
import fc from 'fast-check';
import { FrameBudget } from './frame-budget.js';

const OPTIONS = { frameRate: 10, frameBurst: 3, byteRate: 1000, maxPayloadBytes: 500 };

function judged(budget: FrameBudget, times: number, bytes = 10): boolean[] {
  return Array.from({ length: times }, () => {
    budget.onFrame(false, true, bytes);
    return budget.judgeMessage();
  });
}

it('R1 allows a burst, then the rate', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  expect(judged(budget, 5)).toEqual([true, true, true, false, false]);
  budget.at(99);
  expect(judged(budget, 1)).toEqual([false]);
  budget.at(100);
  expect(judged(budget, 2)).toEqual([true, false]);
  budget.at(10_000);
  expect(judged(budget, 4)).toEqual([true, true, true, false]);
});

it('R1 counts bytes too', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  expect(judged(budget, 2, 600)).toEqual([true, false]);
  expect(judged(budget, 1, 400)).toEqual([true]);
  budget.at(100);
  expect(judged(budget, 2, 60)).toEqual([true, false]);
});

it('R1 allows the largest message at any rate', () => {
  const budget = new FrameBudget({ ...OPTIONS, byteRate: 1 }, 0);
  expect(judged(budget, 1, 514)).toEqual([true]);
});

it('R6 a message is over the budget when one of its fragments is', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  for (const isFinal of [false, false, false, true]) budget.onFrame(false, isFinal, 10);
  expect(budget.judgeMessage()).toBe(false);
  budget.at(1000);
  expect(judged(budget, 1)).toEqual([true]);
});

it('R7 judges control frames between fragments separately', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  budget.onFrame(false, false, 10);
  budget.onFrame(true, true, 10);
  budget.onFrame(false, true, 10);
  budget.onFrame(true, true, 10);
  expect([budget.judgeControl(), budget.judgeMessage(), budget.judgeControl()]).toEqual([true, true, false]);
});

it('returns the wait for the next frame', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  judged(budget, 4);
  expect(budget.retryAfterMs).toBe(100);
  budget.at(40);
  judged(budget, 1);
  expect(budget.retryAfterMs).toBe(60);
});

it('R13 counts a flood of frames that no caller asks about as one overrun', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  for (let i = 0; i < 100_000; i++) budget.onFrame(true, true, 2);
  expect(serialize(budget).length).toBeLessThan(1000);
  expect(Array.from({ length: 5 }, () => budget.judgeControl())).toEqual([true, true, true, false, false]);
});

it('R1 judges frames in the order of arrival, even with overruns in between', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 600 }))),
      (sent) => {
        const [told, asked] = [new FrameBudget(OPTIONS, 0), new FrameBudget(OPTIONS, 0)];
        let now = 0;
        const expected = sent.map(([pause, bytes]) => {
          now += pause;
          for (const budget of [told, asked]) budget.at(now);
          told.onFrame(false, true, bytes);
          return judged(asked, 1, bytes)[0];
        });
        expect(sent.map(() => told.judgeMessage())).toEqual(expected);
      },
    ),
  );
});

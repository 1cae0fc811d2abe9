import { FrameBudget } from './frame-budget.js';

const OPTIONS = { frameRate: 10, frameBurst: 3, byteRate: 1000, maxPayloadBytes: 500 };

function judged(budget: FrameBudget, times: number, bytes = 10): boolean[] {
  return Array.from({ length: times }, () => {
    budget.onFrame(false, true, bytes);
    return budget.judgeMessage();
  });
}

it('R1 lets a burst through, then the rate', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  expect(judged(budget, 5)).toEqual([true, true, true, false, false]);
  budget.at(99);
  expect(judged(budget, 1)).toEqual([false]);
  budget.at(100);
  expect(judged(budget, 2)).toEqual([true, false]);
  budget.at(10_000);
  expect(judged(budget, 4)).toEqual([true, true, true, false]);
});

it('R1 counts bytes as well', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  expect(judged(budget, 2, 600)).toEqual([true, false]);
  expect(judged(budget, 1, 400)).toEqual([true]);
  budget.at(100);
  expect(judged(budget, 2, 60)).toEqual([true, false]);
});

it('R1 lets the largest message through whatever the rate', () => {
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

it('R7 judges control frames between fragments by themselves', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  budget.onFrame(false, false, 10);
  budget.onFrame(true, true, 10);
  budget.onFrame(false, true, 10);
  budget.onFrame(true, true, 10);
  expect([budget.judgeControl(), budget.judgeMessage(), budget.judgeControl()]).toEqual([true, true, false]);
});

it('names the wait for the next frame', () => {
  const budget = new FrameBudget(OPTIONS, 0);
  judged(budget, 4);
  expect(budget.retryAfterMs).toBe(100);
  budget.at(40);
  judged(budget, 1);
  expect(budget.retryAfterMs).toBe(60);
});

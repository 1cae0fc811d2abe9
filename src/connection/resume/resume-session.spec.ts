import { PushText } from '../../protocol/push-text.js';
import { ANONYMOUS } from '../principal.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { ResumeMemory } from './resume-memory.js';
import { ResumeSession } from './resume-session.js';

const everything = (): boolean => true;
const session = (limits = {}): ResumeSession =>
  new ResumeSession(
    'owner',
    ANONYMOUS,
    '/ws',
    0,
    { resumeMaxMessages: 3, resumeMaxBytes: 10_000, ...limits },
    new ResumeMemory(new ManualClock()),
  );
const push = (n: number): PushText => new PushText('tick', String(n));

it('numbers pushes and gives back those after a number, in order', () => {
  const subject = session();
  for (const n of [1, 2, 3])
    expect(subject.add(push(n), undefined)).toBe(`{"event":"tick","data":${n},"seq":${n}}`);
  expect(subject.since(3, everything)).toEqual([]);
  expect(subject.since(1, everything)).toEqual([
    '{"event":"tick","data":2,"seq":2}',
    '{"event":"tick","data":3,"seq":3}',
  ]);
});

it('S6 says so when some are gone', () => {
  const subject = session();
  for (const n of [1, 2, 3, 4]) subject.add(push(n), undefined);
  expect(subject.since(0, everything)).toBeUndefined();
  expect(subject.since(1, everything)).toHaveLength(3);
});

it('S6 holds so many bytes at most', () => {
  const subject = session({ resumeMaxMessages: 1000, resumeMaxBytes: 120 });
  for (let n = 1; n <= 9; n++) subject.add(push(n), undefined);
  expect(subject.since(6, everything)).toHaveLength(3);
  expect(subject.since(5, everything)).toBeUndefined();
  subject.add(new PushText('tick', `"${'x'.repeat(500)}"`), undefined);
  expect(subject.since(9, everything)).toBeUndefined();
  expect(subject.since(10, everything)).toEqual([]);
});

it('S6 counts two bytes a character where one of them needs them', () => {
  const subject = session({ resumeMaxMessages: 1000, resumeMaxBytes: 300 });
  for (let n = 1; n <= 9; n++) subject.add(new PushText('tick', '"é"'), undefined);
  expect(subject.since(1, everything)).toHaveLength(8);
  for (let n = 1; n <= 9; n++) subject.add(new PushText('tick', '"語"'), undefined);
  expect(subject.since(14, everything)).toHaveLength(4);
  expect(subject.since(13, everything)).toBeUndefined();
});

it('S5 knows nothing of numbers that were never given', () => {
  const subject = session();
  subject.add(push(1), undefined);
  expect(subject.since(2, everything)).toBeUndefined();
});

it('Z3 leaves out rooms that are closed to the client now', () => {
  const subject = session();
  subject.add(push(1), 'open');
  subject.add(push(2), 'closed');
  subject.add(push(3), undefined);
  expect(subject.since(0, (room) => room === 'open')).toEqual([
    '{"event":"tick","data":1,"seq":1}',
    '{"event":"tick","data":3,"seq":3}',
  ]);
});

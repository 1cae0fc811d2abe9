import fc from 'fast-check';
import { PushText } from '../../protocol/push-text.js';
import { ANONYMOUS } from '../principal.js';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { ResumeMemory } from './resume-memory.js';
import { ResumeSession } from './resume-session.js';
import type { SessionSnapshot } from './session-snapshot.js';

const everything = (): boolean => true;
const session = (limits = {}): ResumeSession =>
  new ResumeSession(
    { owner: 'owner', path: '/ws', startedAt: 0, at: '' },
    ANONYMOUS,
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

describe('as a snapshot', () => {
  let memory: ResumeMemory;
  beforeEach(() => {
    memory = new ResumeMemory(new ManualClock());
  });
  const LIMITS = { resumeMaxMessages: 5, resumeMaxBytes: 10_000 };
  const through = (subject: ResumeSession, limits = LIMITS): ResumeSession => {
    const json = JSON.stringify(subject.snapshot('1', ['open']));
    return ResumeSession.from(JSON.parse(json) as SessionSnapshot, limits, memory);
  };

  it('S5 is the same session at another node', () => {
    const subject = session();
    subject.add(push(1), 'open');
    subject.add(push(2), undefined);
    const moved = through(subject);
    expect(moved).toMatchObject({
      owner: 'owner',
      path: '/ws',
      startedAt: 0,
      seq: 2,
      principal: ANONYMOUS,
      rooms: new Set(['open']),
    });
    expect(moved.since(0, everything)).toEqual(subject.since(0, everything));
    expect(moved.since(0, () => false)).toEqual(['{"event":"tick","data":2,"seq":2}']);
    expect(moved.snapshot('1', moved.rooms)).toEqual(subject.snapshot('1', ['open']));
    moved.end();
    expect(memory.bytes).toBe(0);
  });

  it('S6 one that has lost pushes says so there too', () => {
    const subject = session();
    for (const n of [1, 2, 3, 4]) subject.add(push(n), undefined);
    expect(through(subject).since(0, everything)).toBeUndefined();
    expect(through(subject).since(1, everything)).toHaveLength(3);
    expect(through(subject, { ...LIMITS, resumeMaxMessages: 2 }).since(1, everything)).toBeUndefined();
    subject.giveUp();
    subject.add(push(5), undefined);
    expect(through(subject).since(4, everything)).toBeUndefined();
    expect(through(subject).since(5, everything)).toEqual([]);
  });

  it('S6 passes over what it has from a node that had read further', () => {
    const moved = through(session());
    expect(['', '0', '1', '2'].map((at) => moved.includes(at))).toEqual([false, true, true, false]);
    expect(moved.snapshot('0', []).at).toBe('1');
    expect(moved.snapshot('2', []).at).toBe('2');
    expect(session().snapshot('', []).at).toBe('');
  });

  it('S6 what lay between is numbered before what came since, whatever is kept', () => {
    const counts = fc.integer({ min: 0, max: 8 });
    const limit = fc.integer({ min: 0, max: 20 });
    fc.assert(
      fc.property(counts, counts, counts, limit, (before, between, since, resumeMaxMessages) => {
        const subject = session({ resumeMaxMessages: 8 });
        for (let n = 1; n <= before; n++) subject.add(push(n), undefined);
        const moved = through(subject, { ...LIMITS, resumeMaxMessages });
        for (let n = 1; n <= since; n++) moved.add(push(before + between + n), undefined);
        const missed = Array.from({ length: between }, (_, n) => push(before + 1 + n));
        moved.insert(
          before,
          missed.map(({ head }) => ({ head, room: undefined })),
        );
        const total = before + between + since;
        expect(moved.seq).toBe(total);
        for (let seq = 0; seq <= total; seq++) {
          const texts = Array.from({ length: total - seq }, (_, n) =>
            push(seq + 1 + n).numbered(seq + 1 + n),
          );
          const isKept = total - seq <= resumeMaxMessages;
          expect(moved.since(seq, everything)).toEqual(isKept ? texts : undefined);
        }
        moved.end();
        expect(memory.bytes).toBe(0);
      }),
    );
  });
});

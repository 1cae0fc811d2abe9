import { setImmediate } from 'node:timers/promises';
import { EventCounters } from '../counters/event-counters.js';
import { ManualClock } from '../testing/manual-clock.js';
import { MessageTimes } from './message-times.js';

it('O1 each message is counted with its own time and error, also if they are done in one turn', async () => {
  const clock = new ManualClock();
  const subject = new MessageTimes(clock);
  const [one, other] = [new EventCounters(), new EventCounters()];
  const end = (counters: EventCounters, agoMs: number, failure?: 'RATE_LIMITED'): void =>
    subject.end({ message: { failure }, counters, arrivedAt: clock.monotonic() - agoMs });
  for (let i = 0; i < 3; i++) end(one, 10);
  end(one, 30);
  end(one, 30, 'RATE_LIMITED');
  end(one, 30, 'RATE_LIMITED');
  end(other, 30);
  await setImmediate();
  expect([one.ok, one.failed.of('RATE_LIMITED'), other.ok]).toEqual([4, 2, 1]);
  expect([one.duration.count, one.duration.sum, other.duration.sum]).toEqual([6, 120, 30]);

  end(other, 5);
  await setImmediate();
  expect([one.duration.count, other.duration.count, other.duration.sum]).toEqual([6, 2, 35]);
});

import { jest } from '@jest/globals';
import { ManualClock } from '../../test/support/manual-clock.js';
import { resolveOptions } from '../options/resolve-options.js';
import { TimerWheel } from '../time/timer-wheel.js';
import type { NewSecurityEvent } from './security-event.js';
import { SecurityEvents } from './security-events.js';

it('an event that nobody gets is counted, but not created', () => {
  const clock = new ManualClock();
  const events = new SecurityEvents(
    resolveOptions({ logSecurityEvents: false }, {}),
    clock,
    new TimerWheel(clock),
  );
  const event: NewSecurityEvent = { type: 'node.draining', connections: 3 };
  const create = jest.fn(() => event);
  events.emitIfSeen({ type: 'node.draining' }, create);
  expect(create).not.toHaveBeenCalled();
  const heard: unknown[] = [];
  events.events.subscribe((one) => heard.push(one));
  events.emitIfSeen({ type: 'node.draining' }, create);
  expect(heard).toMatchObject([event]);
  expect(events.counted.of('node.draining')).toBe(2);
});

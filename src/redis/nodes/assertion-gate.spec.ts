import { ManualClock } from '../../../test/support/manual-clock.js';
import { TimerWheel } from '../../time/timer-wheel.js';
import { AssertionGate } from './assertion-gate.js';

const node = (id: string, beat: number) => ({ id, beat, rules: '' });

const made = (): { gate: AssertionGate; clock: ManualClock } => {
  const clock = new ManualClock();
  return { gate: new AssertionGate(new TimerWheel(clock)), clock };
};

describe('AssertionGate', () => {
  it('lets pass at once while nothing was found', () => {
    expect(made().gate.pass()).toBeUndefined();
  });

  it('opens when every node has a beat after the finding, and this one any', async () => {
    const { gate } = made();
    gate.close(1000, ['self', 'other', 'third'], 10_000);
    const passed = gate.pass();
    gate.seen([node('self', 1000), node('other', 1001), node('third', 999)], 'self');
    expect(gate.isOpen).toBe(false);
    gate.seen([node('third', 1001)], 'self');
    expect(gate.isOpen).toBe(true);
    await passed;
    expect(gate.pass()).toBeUndefined();
  });

  it('waits for nodes that it hears of later, unless it is open', () => {
    const { gate } = made();
    gate.expect(['late']);
    expect(gate.isOpen).toBe(true);
    gate.close(1000, ['self'], 10_000);
    gate.expect(['self', 'late']);
    gate.seen([node('self', 1001), node('late', 1000)], 'self');
    expect(gate.isOpen).toBe(false);
    gate.seen([node('late', 1001)], 'self');
    expect(gate.isOpen).toBe(true);
  });

  it('waits for nodes no longer than it was told to, from the last finding', async () => {
    const { gate, clock } = made();
    gate.close(1000, ['other'], 10_000);
    clock.advance(9000);
    gate.close(2000, ['other'], 10_000);
    const passed = gate.pass();
    clock.advance(9000);
    expect(gate.isOpen).toBe(false);
    clock.advance(1200);
    expect(gate.isOpen).toBe(true);
    await passed;
  });

  it('refuses takers beyond 512, and all of them when the node stops', async () => {
    const { gate } = made();
    gate.close(1000, ['other'], 10_000);
    const waiting = Array.from({ length: 512 }, () => gate.pass());
    await expect(gate.pass()).rejects.toMatchObject({ outcome: 'not-run', reason: 'overloaded' });
    gate.stop();
    const settled = await Promise.allSettled(waiting.map((passed) => Promise.resolve(passed)));
    expect(settled.filter(({ status }) => status === 'rejected')).toHaveLength(512);
  });
});

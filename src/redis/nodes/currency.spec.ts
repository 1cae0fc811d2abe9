import { ManualClock } from '../../../test/support/manual-clock.js';
import { Currency } from './currency.js';

/** A clock whose wall time can be set on its own. */
class TwoClocks extends ManualClock {
  ahead = 0;

  override now(): number {
    return super.now() + this.ahead;
  }
}

describe('Currency', () => {
  it('counts from when both a read and a beat were sent', () => {
    const clock = new TwoClocks();
    clock.advance(10_000);
    const currency = new Currency(clock, 2000);
    expect(currency.isCurrent()).toBe(false);
    currency.heardRead(9000);
    expect(currency.isCurrent()).toBe(false);
    currency.heardBeat(8500);
    expect(currency.isCurrent()).toBe(true);
    clock.advance(600);
    expect(currency.isCurrent()).toBe(false);
    currency.heardBeat(10_500);
    // A late answer takes nothing back.
    currency.heardBeat(8500);
    expect(currency.isCurrent()).toBe(true);
  });

  it('ends when the machine was suspended, until both were asked for again', () => {
    const clock = new TwoClocks();
    clock.advance(1000);
    const currency = new Currency(clock, 2000);
    currency.heardRead(1000);
    currency.heardBeat(1000);
    expect(currency.isCurrent()).toBe(true);
    clock.ahead = 60_000;
    clock.advance(1);
    expect(currency.isCurrent()).toBe(false);
    currency.heardRead(1002);
    currency.heardBeat(1000);
    expect(currency.isCurrent()).toBe(false);
    currency.heardBeat(1002);
    expect(currency.isCurrent()).toBe(true);
  });
});

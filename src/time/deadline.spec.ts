import { stat } from 'node:fs/promises';
import { DeadlineExceededError, within } from './deadline.js';

/** Keeps this process from doing anything else. */
function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('within', () => {
  it('R11 takes a result that arrived while the process was busy, also when it reads it after the deadline', async () => {
    const result = within(20, stat('.'));
    blockFor(200);
    await expect(result).resolves.toBeDefined();
  });

  it('R11 gives up when nothing has arrived', async () => {
    const never = new Promise<void>(() => undefined);
    const result = within(20, never);
    blockFor(200);
    await expect(result).rejects.toBeInstanceOf(DeadlineExceededError);
  });
});

import { unawaited } from './unawaited.js';

const down = new Error('down');

describe('unawaited', () => {
  it('L5 bears what fails, now or later', async () => {
    const broken = (): never => {
      throw down;
    };
    expect(() => unawaited(broken)).not.toThrow();
    unawaited(() => Promise.reject(down));
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('L5 is there to hear that what a library promised has failed', async () => {
    const [, broken] = await new Promise<unknown[]>((resolve) => {
      // oxlint-disable-next-line unicorn/no-thenable -- being one is all it is for
      unawaited(() => ({ then: (...reactions: unknown[]) => resolve(reactions) }) as PromiseLike<void>);
    });
    expect(broken).toBeInstanceOf(Function);
  });
});

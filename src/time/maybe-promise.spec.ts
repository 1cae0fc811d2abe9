import { unawaited } from './maybe-promise.js';

const down = new Error('down');
const fail = (): never => {
  throw down;
};

describe('unawaited', () => {
  it('L5 passes failures to the handler, now or later', async () => {
    const broken = (): never => {
      throw down;
    };
    const heard: unknown[] = [];
    const hear = (error: unknown): void => void heard.push(error);
    expect(() => unawaited(broken, hear)).not.toThrow();
    unawaited(() => Promise.reject(down), hear);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([down, down]);
  });

  it('L5 adds a rejection handler to a thenable of a library', async () => {
    const [, broken] = await new Promise<unknown[]>((resolve) => {
      // oxlint-disable-next-line unicorn/no-thenable -- being one is all it is for
      const promised = { then: (...reactions: unknown[]) => resolve(reactions) } as PromiseLike<void>;
      unawaited(() => promised, fail);
    });
    expect(broken).toBeInstanceOf(Function);
  });
});

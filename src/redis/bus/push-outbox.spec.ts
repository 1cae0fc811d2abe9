import { ManualClock } from '../../../test/support/manual-clock.js';
import { type Partition, RedisPort, type ScriptArgument } from '../link/redis-port.js';
import type { Script } from '../link/script.js';
import { StreamWriter } from '../streams/stream-writer.js';
import { PushOutbox } from './push-outbox.js';

const PARTITION: Partition = { tag: '{c}' };
const LIMITS = { keepMs: 1, maxEntries: 1, maxBytes: 1, expiryMs: 1 };

/** A Redis whose answers the test gives. */
class AnsweredPort extends RedisPort {
  readonly node = 'node';
  readonly partitions = [PARTITION];
  readonly control = PARTITION;
  /** The events of the pushes of each batch. */
  readonly batches: string[][] = [];
  private readonly waiting: (() => void)[] = [];

  partitionOf(): Partition {
    return PARTITION;
  }

  run(_: Script, __: Partition, ___: readonly string[], args: readonly ScriptArgument[]): Promise<unknown> {
    const lines = String(args.at(-1)).split('\n');
    this.batches.push(lines.map((line) => JSON.parse(line.split('\t')[1] as string) as string));
    return new Promise((resolve) => this.waiting.push(() => resolve([0, 0, 0])));
  }

  offset(): number {
    return 0;
  }

  isUp(): boolean {
    return true;
  }

  isReachable(): boolean {
    return true;
  }

  onUp(): void {}
  onDown(): void {}

  async answer(): Promise<void> {
    this.waiting.shift()?.();
    await settled();
  }
}

/** Lets all promises go on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function start() {
  const clock = new ManualClock();
  const port = new AnsweredPort();
  const settings = { name: 'bus', keys: ['bus', 'sent'], limits: LIMITS, deadlineMs: 1000 } as const;
  const writer = new StreamWriter(port, clock, settings, () => undefined);
  const outbox = new PushOutbox(port, clock, writer, 'local', {
    onLocal: () => undefined,
    onGivenUp: () => undefined,
    onStored: () => undefined,
  });
  const push = async (event: string, json = '1'): Promise<void> => {
    outbox.publish({ audience: { to: 'everyone' }, event, json }).catch(() => undefined);
    await settled();
  };
  return { clock, port, outbox, push };
}

/** An outbox whose last batch had two pushes, and was just stored. */
async function startBusy() {
  const parts = start();
  const { port, push } = parts;
  for (const event of ['a', 'b', 'c']) await push(event);
  await port.answer();
  await port.answer();
  expect(port.batches).toEqual([['a'], ['b', 'c']]);
  return parts;
}

describe('PushOutbox', () => {
  it('pushes that come one by one do not wait for each other', async () => {
    const { port, push } = start();
    for (const event of ['a', 'b', 'c']) {
      await push(event);
      await port.answer();
    }
    expect(port.batches).toEqual([['a'], ['b'], ['c']]);
  });

  it('pushes that come fast gather, also when each is stored before the next one comes', async () => {
    const { clock, port, push } = start();
    for (let n = 0; n < 500; n++) {
      await push('a');
      await port.answer();
      clock.advance(2);
      await settled();
    }
    // One each 32 ms, and a few at the start.
    expect(port.batches.length).toBeLessThan(50);
    expect(port.batches.at(-2)?.length).toBeGreaterThan(10);
  });

  it('a sender that waits for each push is rarely held up', async () => {
    const { clock, port, outbox } = start();
    const times: number[] = [];
    for (let n = 0; n < 100; n++) {
      const since = clock.monotonic();
      const push = { isStored: false };
      void outbox
        .publish({ audience: { to: 'everyone' }, event: 'a', json: '1' })
        .then(() => (push.isStored = true));
      while (!push.isStored) {
        clock.advance(1);
        await settled();
        await port.answer();
      }
      times.push(clock.monotonic() - since);
    }
    expect(times.filter((ms) => ms > 2).length).toBeLessThanOrEqual(10);
    expect(Math.max(...times)).toBeLessThanOrEqual(33);
  });

  it('after a batch of several, pushes gather for a moment', async () => {
    const { clock, port, push } = await startBusy();
    await push('d');
    clock.advance(31);
    await push('e');
    expect(port.batches).toHaveLength(2);
    clock.advance(1);
    await settled();
    expect(port.batches.at(-1)).toEqual(['d', 'e']);
    await port.answer();
    clock.advance(32);
    await push('f');
    expect(port.batches.at(-1)).toEqual(['f']);
    await port.answer();
    await push('g');
    expect(port.batches.at(-1)).toEqual(['f']);
    clock.advance(32);
    await settled();
    expect(port.batches.at(-1)).toEqual(['g']);
    await port.answer();
    // Nothing was gathered.
    await push('h');
    expect(port.batches.at(-1)).toEqual(['h']);
  });

  it('what is enough for a batch does not gather', async () => {
    const { clock, port, push } = await startBusy();
    await push('d');
    expect(port.batches).toHaveLength(2);
    await push('e', JSON.stringify('x'.repeat(64 * 1024)));
    expect(port.batches.at(-1)).toEqual(['d']);
    await port.answer();
    expect(port.batches.at(-1)).toEqual(['e']);
    expect(clock.running).toBe(0);
  });

  it('L5 an outbox that is stopped refuses what gathers, and runs no timer', async () => {
    const { clock, port, outbox } = await startBusy();
    const refusal = outbox
      .publish({ audience: { to: 'everyone' }, event: 'd', json: '1' })
      .catch((error: unknown) => error);
    await settled();
    expect(clock.running).toBe(1);
    outbox.stop();
    expect(await refusal).toMatchObject({ code: 'OVERLOADED' });
    expect(clock.running).toBe(0);
    expect(port.batches).toHaveLength(2);
  });
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expectEqual } from '../support/expect-equal.js';
import { RawConnection, type Target } from '../support/raw-connection.js';
import { close } from '../support/raw-frames.js';
import type { Case, Expectation, Step } from './case.js';

/** How the bytes of a case are written. The server's answers must not depend on it. */
export type Delivery = 'with the handshake' | 'as written' | 'byte by byte';

export const DELIVERIES: readonly Delivery[] = ['with the handshake', 'as written', 'byte by byte'];

/** Where the headers are. */
const SINGLE_BYTES = 100;
/** Of the rest: keeps the longest case under the limit of chunks per frame. */
const MAX_PIECES = 100;

/** Plays one case on its own connection. Rejects at the first unexpected answer. */
export async function play({ steps }: Case, target: Target, delivery: Delivery): Promise<void> {
  const whole = [...steps, ...ending(steps)];
  const leading = delivery === 'with the handshake' ? whole.findIndex((step) => !Buffer.isBuffer(step)) : 0;
  const connection = await RawConnection.open(target, Buffer.concat(whole.slice(0, leading) as Buffer[]));
  try {
    for (const step of whole.slice(leading)) {
      if (!Buffer.isBuffer(step)) await expectAnswer(connection, step);
      else if (delivery === 'byte by byte') await writeByteByByte(connection, step);
      else connection.write(step);
    }
    expectEqual([connection.messages, connection.pongs], [[], []]);
  } catch (error) {
    throw new Error(`failed when written ${delivery}: ${(error as Error).message}`, { cause: error });
  } finally {
    connection.destroy();
  }
}

function ending(steps: readonly Step[]): Step[] {
  const last = steps.at(-1);
  const isClosed = last !== undefined && !Buffer.isBuffer(last) && last.kind === 'close';
  return isClosed ? [] : [close(1000), { kind: 'close', code: 1000 }];
}

/** Writes byte by byte, and in larger pieces after the first bytes. After a close frame it writes the rest at once. */
async function writeByteByByte(connection: RawConnection, bytes: Buffer): Promise<void> {
  const larger = Math.ceil(bytes.length / MAX_PIECES);
  let offset = 0;
  while (offset < bytes.length && !connection.closing) {
    const start = offset;
    offset += start < SINGLE_BYTES ? 1 : larger;
    connection.write(bytes.subarray(start, offset));
    await nextTurn();
  }
  connection.write(bytes.subarray(offset));
}

async function expectAnswer(connection: RawConnection, expected: Expectation): Promise<void> {
  if (expected.kind === 'close') {
    const payload = await connection.closed();
    expectEqual(payload.length === 0 ? null : payload.readUInt16BE(), expected.code);
    return;
  }
  if (expected.kind === 'pong') {
    await connection.until(
      () => connection.pongs.length > 0,
      `a pong to "${expected.payload.toString('latin1')}"`,
    );
    expectEqual(connection.pongs.shift(), expected.payload);
    return;
  }
  await connection.until(() => connection.messages.length > 0, JSON.stringify(expected));
  const reply: unknown = JSON.parse(connection.messages.shift() as string);
  if (expected.kind === 'echo') {
    expectEqual(reply, { event: 'echo', data: { text: expected.text }, id: expected.id });
  } else {
    expect(reply).toMatchObject({ event: 'exception', data: { code: expected.code } });
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { RawConnection, type Target } from '../support/raw-connection.js';
import { close } from '../support/raw-frames.js';
import type { Case, Expectation, Step } from './case.js';

/** How the bytes of a case travel; what the server says to them must not depend on it. */
export type Delivery = 'with the handshake' | 'as written' | 'in crumbs';

export const DELIVERIES: readonly Delivery[] = ['with the handshake', 'as written', 'in crumbs'];

/** Few enough that the longest case stays under the limit of chunks a frame may come in. */
const MAX_CRUMBS = 500;

/** Plays one case on a connection of its own. Rejects at the first answer that is not the expected one. */
export async function play({ steps }: Case, target: Target, delivery: Delivery): Promise<void> {
  const whole = [...steps, ...ending(steps)];
  const leading = delivery === 'with the handshake' ? whole.findIndex((step) => !Buffer.isBuffer(step)) : 0;
  const connection = await RawConnection.open(target, Buffer.concat(whole.slice(0, leading) as Buffer[]));
  try {
    for (const step of whole.slice(leading)) {
      if (!Buffer.isBuffer(step)) await meet(connection, step);
      else if (delivery === 'in crumbs') await crumble(connection, step);
      else connection.write(step);
    }
    expect({ messages: connection.messages, pongs: connection.pongs }).toEqual({ messages: [], pongs: [] });
  } catch (error) {
    throw new Error(`it went wrong ${delivery}: ${(error as Error).message}`, { cause: error });
  } finally {
    connection.destroy();
  }
}

function ending(steps: readonly Step[]): Step[] {
  const last = steps.at(-1);
  const isClosed = last !== undefined && !Buffer.isBuffer(last) && last.kind === 'close';
  return isClosed ? [] : [close(1000), { kind: 'close', code: 1000 }];
}

/** Byte by byte, or as near to it as a long one allows. After a close frame the rest goes at once: a frame has an end. */
async function crumble(connection: RawConnection, bytes: Buffer): Promise<void> {
  const size = Math.ceil(bytes.length / MAX_CRUMBS);
  let offset = 0;
  for (; offset < bytes.length && !connection.closing; offset += size) {
    connection.write(bytes.subarray(offset, offset + size));
    await nextTurn();
  }
  connection.write(bytes.subarray(offset));
}

async function meet(connection: RawConnection, expected: Expectation): Promise<void> {
  if (expected.kind === 'close') {
    const payload = await connection.closed();
    expect(payload.length === 0 ? null : payload.readUInt16BE()).toBe(expected.code);
    return;
  }
  if (expected.kind === 'pong') {
    await connection.until(
      () => connection.pongs.length > 0,
      `a pong to "${expected.payload.toString('latin1')}"`,
    );
    expect(connection.pongs.shift()).toEqual(expected.payload);
    return;
  }
  await connection.until(() => connection.messages.length > 0, JSON.stringify(expected));
  const reply: unknown = JSON.parse(connection.messages.shift() as string);
  if (expected.kind === 'echo') {
    expect(reply).toEqual({ event: 'echo', data: { text: expected.text }, id: expected.id });
  } else {
    expect(reply).toMatchObject({ event: 'exception', data: { code: expected.code } });
  }
}

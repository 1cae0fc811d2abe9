import { setInterval as every } from 'node:timers/promises';
import type { ResumeOutcome } from 'nestjs-ws-security/client';
import { connectFleet, FleetMember } from './support/fleet.js';
import { Service } from './support/service.js';
import { UNLIMITED } from './support/unlimited.js';

const RECEIVERS = 50;
const ROUNDS = 6;
const PACE_MS = 4;
const ROOM = 'lobby';
/** Back at once: how clients spread out is not the question here. */
const BACKOFF = { baseMs: 20, maxMs: 100 };

let service: Service & { url: string };
let everybody: FleetMember[] = [];

afterEach(async () => {
  for (const { client } of everybody) client.close();
  await service.stop();
});

/** Sends 1, 2, 3 … until it is told to stop. Resolves with the last number. */
async function count({ client }: FleetMember, signal: AbortSignal): Promise<number> {
  let last = 0;
  for await (const _ of every(PACE_MS)) {
    if (signal.aborted) break;
    await client.request('chat.send', { room: ROOM, text: String(++last) });
  }
  return last;
}

it('S5 S6 fifty clients whose lines are cut again and again miss no push and see none twice', async () => {
  service = await Service.start({
    ...UNLIMITED,
    PLAIN_HTTP: '1',
    WS_RESUME: 'true',
    // Enough for the longest gap of a slow machine.
    WS_RESUME_MAX_MESSAGES: '5000',
    WS_RESUME_MAX_BYTES: '1000000',
  });
  const url = `${service.url.replace('http://localhost', 'ws://127.0.0.1')}/ws`;
  const receivers = await connectFleet(url, RECEIVERS, { backoff: BACKOFF });
  const sender = (await connectFleet(url, 1))[0] as FleetMember;
  everybody = [...receivers, sender];
  await Promise.all(everybody.map(({ client }) => client.request('chat.join', { room: ROOM })));

  const seen = receivers.map(({ client }) => {
    const numbers: number[] = [];
    client.onPush<{ text: string }>('chat.message', ({ text }) => numbers.push(Number(text)));
    return numbers;
  });
  const outcomes: ResumeOutcome[] = [];
  for (const { client } of receivers) client.on('resumed', (outcome) => outcomes.push(outcome));

  const over = new AbortController();
  const counting = count(sender, over.signal);
  for (let round = 0; round < ROUNDS; round++) {
    const back = receivers.map((member) => member.next('open'));
    for (const member of receivers) member.cut();
    await Promise.all(back);
    // The session, and what was missed, is there before the answer.
    await Promise.all(receivers.map(({ client }) => client.request('echo', { text: 'back' })));
  }
  over.abort();
  const last = await counting;
  await Promise.all(receivers.map(({ client }) => client.request('echo', { text: 'done' })));

  expect(outcomes).toHaveLength(RECEIVERS * ROUNDS);
  expect(outcomes.filter(({ recovered }) => !recovered)).toEqual([]);
  // Otherwise nothing has been shown.
  expect(outcomes.filter(({ missed }) => (missed ?? 0) > 0).length).toBeGreaterThan(outcomes.length / 2);
  const all = Array.from({ length: last }, (_, n) => n + 1);
  for (const numbers of seen) expect(numbers).toEqual(all);
}, 30_000);

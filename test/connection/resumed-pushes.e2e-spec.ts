import { setInterval as every } from 'node:timers/promises';
import type { ResumeOutcome } from 'nestjs-ws-security/client';
import { connectFleet, FleetMember } from '../support/fleet.js';
import { Service } from '../support/service.js';
import { UNLIMITED } from '../support/unlimited.js';

const RECEIVERS = 50;
const ROUNDS = 6;
const PACE_MS = 4;
const ROOM = 'lobby';
/** Back when they are told to: how clients spread out is not the question here. */
const PATIENCE_MS = 120_000;
const OPTIONS = { backoff: { baseMs: PATIENCE_MS, maxMs: PATIENCE_MS }, requestTimeoutMs: PATIENCE_MS };

let service: Service & { url: string };
let everybody: FleetMember[] = [];

afterEach(async () => {
  for (const { client } of everybody) client.close();
  await service.stop();
});

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
  const receivers = await connectFleet(url, RECEIVERS, OPTIONS);
  const sender = (await connectFleet(url, 1, OPTIONS))[0] as FleetMember;
  everybody = [...receivers, sender];
  await Promise.all(everybody.map(({ client }) => client.request('chat.join', { room: ROOM })));

  const seen = receivers.map(({ client }) => {
    const numbers: number[] = [];
    client.onPush<{ text: string }>('chat.message', ({ text }) => numbers.push(Number(text)));
    return numbers;
  });
  const outcomes: ResumeOutcome[] = [];
  for (const { client } of receivers) client.on('resumed', (outcome) => outcomes.push(outcome));

  let last = 0;
  let isOver = false;
  const say = () => sender.client.request('chat.send', { room: ROOM, text: String(++last) });
  const talk = async (): Promise<void> => {
    for await (const _ of every(PACE_MS)) {
      if (isOver) break;
      await say();
    }
  };
  const talking = talk();
  for (let round = 0; round < ROUNDS; round++) {
    const away = receivers.map((member) => member.next('waiting'));
    for (const member of receivers) member.cut();
    await Promise.all(away);
    // Otherwise nothing would be shown.
    await say();
    const back = receivers.map((member) => member.next('open'));
    for (const { client } of receivers) client.retryNow();
    await Promise.all(back);
    // The session, and what was missed, is there before the answer.
    await Promise.all(receivers.map(({ client }) => client.request('echo', { text: 'back' })));
  }
  isOver = true;
  await talking;
  await Promise.all(receivers.map(({ client }) => client.request('echo', { text: 'done' })));

  expect(outcomes).toHaveLength(RECEIVERS * ROUNDS);
  expect(outcomes.filter(({ recovered }) => !recovered)).toEqual([]);
  expect(outcomes.filter(({ missed }) => !missed)).toEqual([]);
  const all = Array.from({ length: last }, (_, n) => n + 1);
  for (const numbers of seen) expect(numbers).toEqual(all);
}, 120_000);

// Measures what counting costs per message, compared to the same turns of the event loop without it:
// npm run build:lib && node bench/count.mjs
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { EventCounters } from '../dist/counters/event-counters.js';
import { MessageTimes } from '../dist/messages/message-times.js';
import { afterWrites } from '../dist/messages/write-batch.js';

const ROUNDS = 21;
const TURNS = 30_000;

const times = new MessageTimes({ monotonic: () => performance.now() });
const counters = new EventCounters();
const nothing = () => undefined;

/** Processor time in ns per turn. @param messages that are counted in each turn */
async function turns(messages) {
  const before = process.cpuUsage();
  for (let arrivedAt = 0; arrivedAt < TURNS; arrivedAt++) {
    // Answers have to be written at the end of the turn anyway.
    afterWrites(nothing);
    for (let i = 0; i < messages; i++) {
      counters.wait.observe(0);
      times.end({ message: { failure: undefined }, counters, arrivedAt });
    }
    await new Promise(setImmediate);
  }
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / TURNS;
}

for (const messages of [1, 8]) {
  const more = [];
  for (let round = 0; round < ROUNDS; round++)
    more.push(((await turns(messages)) - (await turns(0))) / messages);
  const sorted = more.toSorted((a, b) => a - b);
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((part) =>
    sorted[Math.floor(part * ROUNDS)].toFixed(0),
  );
  console.log(`${messages} per turn: ${median} ns per message (quartiles ${lower} and ${upper})`);
}

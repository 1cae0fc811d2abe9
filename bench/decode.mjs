// Measures the cost of bounded decoding compared to JSON.parse() alone: npm run build:lib && node bench/decode.mjs
import 'reflect-metadata';
import { FrameDecoder } from '../dist/messages/frame-decoder.js';
import { resolveOptions } from '../dist/options/resolve-options.js';

const ROUNDS = 41;
const ROUND_NS = 5e6;
const COPIES = 64;
const SENTENCE = 'The quick brown fox jumps over the lazy dog. ';

const at = '2026-01-02T10:11:12.000Z';
const order = {
  customer: 'alice',
  currency: 'EUR',
  note: 'please ring twice, the bell is broken',
  at,
  address: { street: 'Main Street 5', city: 'Vienna', zip: '1010' },
  items: ['A-100', 'B-220', 'C-1', 'D-7'].map((sku, index) => ({
    sku,
    count: index + 1,
    price: 2.5 * index,
  })),
};
const points = Array.from({ length: 64 }, (_, index) => ({
  x: index * 3.25,
  y: index * 1.5,
  label: `point ${index}`,
  visible: index % 2 === 0,
}));

const MESSAGES = {
  echo: { event: 'echo', data: { text: 'hello, world' }, id: 17 },
  'chat message': { event: 'chat.send', data: { room: 'lobby', text: SENTENCE.repeat(9) }, id: 18 },
  order: { event: 'order.create', data: order, id: '6f1c-22' },
  'long text': { event: 'post', data: { text: SENTENCE.repeat(88) }, id: 19 },
  '64 objects with floats': { event: 'points', data: { points }, id: 20 },
};

const decoder = new FrameDecoder(resolveOptions({}));
const variants = {
  parse: (text) => JSON.parse(text),
  decode: (text) => decoder.decode(text),
};

/** Creates flat strings without cached data, like those from sockets. */
const arrived = (text) => Array.from({ length: COPIES }, () => Buffer.from(text).toString());

let sink;
function timeOf(run, text, times) {
  const texts = arrived(text);
  const start = performance.now();
  for (let time = 0; time < times; time += 1) for (const copy of texts) sink = run(copy);
  return ((performance.now() - start) * 1e6) / times / COPIES;
}

const quartile = (values) => values.toSorted((a, b) => a - b)[values.length >> 2];

console.log(`Node ${process.version}, lower quartile of ${ROUNDS} rounds`);
for (const text of Object.values(MESSAGES).map((message) => JSON.stringify(message)))
  for (const run of Object.values(variants)) timeOf(run, text, 200);
for (const [name, message] of Object.entries(MESSAGES)) {
  const text = JSON.stringify(message);
  const times = Math.ceil(ROUND_NS / timeOf(variants.parse, text, 50) / COPIES);
  const found = { parse: [], decode: [] };
  // In turns, so that other load on the machine affects both.
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [variant, run] of Object.entries(variants)) found[variant].push(timeOf(run, text, times));
  const [parse, decode] = [quartile(found.parse), quartile(found.decode)];
  const share = (100 * (decode / parse - 1)).toFixed(0);
  console.log(
    `${name.padEnd(24)} ${String(text.length).padStart(5)} B  JSON.parse ${parse.toFixed(0).padStart(6)} ns  decode ${decode.toFixed(0).padStart(6)} ns  +${share} %`,
  );
}
if (sink === undefined) throw new Error('nothing was measured');

// Measures the validation of a body, compiled and by class-validator: npm run build:lib && node bench/validate.mjs
import 'reflect-metadata';
import { Type } from 'class-transformer';
import * as rules from 'class-validator';
import { Trim, PlainText, NormalizeUnicode, WsValidationPipe } from '../dist/index.js';

const ROUNDS = 41;
const ROUND_NS = 5e6;
const COPIES = 64;
const SENTENCE = 'The quick brown fox jumps over the lazy dog. ';

/** Applies decorators like a compiler does. */
function declare(type, property, design, ...decorators) {
  const all = [...decorators, Reflect.metadata('design:type', design)];
  Reflect.decorate(all, type.prototype, property);
}

class Echo {
  text;
}
declare(Echo, 'text', String, rules.IsString(), rules.MaxLength(100));

class Chat {
  room;
  text;
  replyTo;
}
declare(Chat, 'room', String, rules.IsString(), rules.Matches(/^[a-z0-9-]{1,32}$/));
declare(
  Chat,
  'text',
  String,
  NormalizeUnicode(),
  PlainText(),
  Trim(),
  rules.IsString(),
  rules.Length(1, 2000),
);
declare(Chat, 'replyTo', String, rules.IsOptional(), rules.IsUUID());

class Item {
  sku;
  count;
  price;
}
declare(Item, 'sku', String, rules.IsString(), rules.MaxLength(20));
declare(Item, 'count', Number, rules.IsInt(), rules.Min(1), rules.Max(99));
declare(Item, 'price', Number, rules.IsNumber(), rules.Min(0));

class Address {
  street;
  city;
  zip;
}
for (const name of ['street', 'city', 'zip'])
  declare(Address, name, String, rules.IsString(), rules.Length(1, 60));

class Order {
  customer;
  currency;
  note;
  at;
  address;
  items;
}
const nested = (type) => [Type(() => type), rules.ValidateNested({ each: true })];
declare(Order, 'customer', String, rules.IsString(), rules.MaxLength(40));
declare(Order, 'currency', String, rules.IsIn(['EUR', 'USD', 'GBP']));
declare(Order, 'note', String, rules.IsOptional(), rules.IsString(), rules.MaxLength(200));
declare(Order, 'at', String, rules.IsISO8601());
declare(Order, 'address', Address, ...nested(Address));
declare(Order, 'items', Array, rules.ArrayMaxSize(50), ...nested(Item));

const MESSAGES = {
  echo: [Echo, { text: 'hello, world' }],
  'chat message': [Chat, { room: 'lobby', text: SENTENCE.repeat(9) }],
  'order of four': [
    Order,
    {
      customer: 'alice',
      currency: 'EUR',
      note: 'please ring twice, the bell is broken',
      at: '2026-01-02T10:11:12.000Z',
      address: { street: 'Main Street 5', city: 'Vienna', zip: '1010' },
      items: ['A-100', 'B-220', 'C-1', 'D-7'].map((sku, at) => ({ sku, count: at + 1, price: 2.5 * at })),
    },
  ],
};

/** Behaves like its parent, but the compiled rules are not used for subclasses. */
class ExtendedPipe extends WsValidationPipe {}

const variants = { validator: new ExtendedPipe(), compiled: new WsValidationPipe() };

let sink;
async function timeOf(pipe, type, text, times) {
  const metadata = { type: 'body', metatype: type };
  let spent = 0;
  for (let time = 0; time < times; time += 1) {
    // New strings without cached data, like those from sockets.
    const bodies = Array.from({ length: COPIES }, () => JSON.parse(text));
    const start = performance.now();
    for (const body of bodies) sink = await pipe.transform(body, metadata);
    spent += performance.now() - start;
  }
  return (spent * 1e6) / times / COPIES;
}

const quartile = (values) => values.toSorted((a, b) => a - b)[values.length >> 2];

console.log(`Node ${process.version}, lower quartile of ${ROUNDS} rounds`);
const cases = Object.entries(MESSAGES).map(([name, [type, body]]) => [name, type, JSON.stringify(body)]);
for (const [, type, text] of cases)
  for (const pipe of Object.values(variants)) await timeOf(pipe, type, text, 100);
for (const [name, type, text] of cases) {
  const found = { validator: [], compiled: [] };
  // In turns, so that other load on the machine affects both.
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [variant, pipe] of Object.entries(variants)) {
      const times = Math.ceil(ROUND_NS / (variant === 'compiled' ? 1000 : 20_000) / COPIES);
      found[variant].push(await timeOf(pipe, type, text, times));
    }
  const [validator, compiled] = [quartile(found.validator), quartile(found.compiled)];
  console.log(
    `${name.padEnd(16)} class-validator ${validator.toFixed(0).padStart(7)} ns  compiled ${compiled.toFixed(0).padStart(6)} ns`,
  );
}
if (sink === undefined) throw new Error('nothing was measured');

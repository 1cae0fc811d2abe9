import fc from 'fast-check';
import { anyCharacter } from './any-character.js';
import { close, fragments, frame, Opcode, ping, pong, text } from './raw-frames.js';

const EVENTS = [
  'echo',
  'whoami',
  'chat.join',
  'chat.send',
  'admin.kick',
  'slow',
  'ping',
  'auth',
  'ack',
  'exception',
];
const ODD_NAMES = ['', '__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '\0', '\u202e'];

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));

const name = fc.oneof(
  { arbitrary: fc.constantFrom(...EVENTS), weight: 6 },
  { arbitrary: fc.constantFrom(...ODD_NAMES), weight: 1 },
  { arbitrary: fc.string({ unit: anyCharacter }), weight: 1 },
);

const body = fc.oneof(
  fc.record({ text: fc.string({ unit: anyCharacter, maxLength: 110 }) }),
  fc.record({ room: fc.constantFrom('tea', '', '../tea'), text: fc.string() }, { requiredKeys: [] }),
  fc.record({ token: fc.string(), userId: fc.string(), ms: fc.integer({ max: 5 }) }, { requiredKeys: [] }),
  fc.dictionary(fc.oneof(fc.constantFrom(...ODD_NAMES, 'text'), fc.string()), fc.jsonValue({ maxDepth: 2 })),
  fc.jsonValue(),
);

const id = fc.oneof(fc.integer(), fc.string(), fc.double(), fc.jsonValue({ maxDepth: 1 }));

/** A frame similar to those that the service accepts. */
const envelope = fc
  .record({ event: name, data: body, id }, { requiredKeys: ['event'] })
  .map((value) => JSON.stringify(value));

/** JSON with a piece removed or replaced. */
const brokenJson = fc
  .tuple(
    fc.oneof(envelope, fc.json()),
    fc.nat(),
    fc.nat({ max: 20 }),
    fc.string({ unit: anyCharacter, maxLength: 5 }),
  )
  .map(([json, at, length, instead]) => {
    const start = at % (json.length + 1);
    return json.slice(0, start) + instead + json.slice(start + length);
  });

const pieces = fc
  .tuple(envelope, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }))
  .map(([json, cuts]) => {
    const whole = Buffer.from(json);
    const edges = [
      0,
      ...cuts.map((part) => Math.floor(part * whole.length)).toSorted((a, b) => a - b),
      whole.length,
    ];
    return edges.slice(1).map((end, index) => whole.subarray(edges[index], end));
  });

/** Frames that follow the protocol. */
const wellFormed = fc.oneof(
  { arbitrary: envelope.map((json) => text(json)), weight: 6 },
  { arbitrary: brokenJson.map((json) => text(json)), weight: 4 },
  { arbitrary: fc.json().map((json) => text(json)), weight: 2 },
  { arbitrary: pieces.map((payloads) => Buffer.concat(fragments(payloads))), weight: 2 },
  { arbitrary: bytes(125).map((payload) => ping(payload)), weight: 1 },
  { arbitrary: bytes(125).map((payload) => pong(payload)), weight: 1 },
);

/** Frames with any value in any field. Some of them are valid. */
const assembled = fc
  .record(
    {
      opcode: fc.oneof(fc.constantFrom(...Object.values(Opcode)), fc.nat({ max: 15 })),
      fin: fc.boolean(),
      rsv: fc.oneof({ arbitrary: fc.constant(0), weight: 5 }, { arbitrary: fc.nat({ max: 7 }), weight: 1 }),
      mask: fc.oneof(
        {
          arbitrary: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((mask) => Buffer.from(mask)),
          weight: 5,
        },
        { arbitrary: fc.constant(null), weight: 1 },
      ),
      payload: fc.oneof(
        bytes(300),
        fc.string({ unit: anyCharacter }).map((string) => Buffer.from(string)),
      ),
      lengthBits: fc.constantFrom<16 | 64>(16, 64),
    },
    { requiredKeys: ['opcode'] },
  )
  .map((parts) => frame(parts));

/** Frames whose length field does not match the payload. */
const wrongLength = fc
  .tuple(bytes(50), fc.oneof(fc.bigInt({ min: 0n, max: 100n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })))
  .map(([payload, length]) => text(payload, { length }));

/** Valid frames with some bytes changed or cut off. */
const damaged = fc
  .tuple(
    wellFormed,
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
    fc.nat({ max: 3 }),
  )
  .map(([right, changes, missing]) => {
    const wrong = Buffer.from(right.subarray(0, Math.max(1, right.length - missing)));
    for (const [at, value] of changes) wrong[at % wrong.length] = value;
    return wrong;
  });

const closing = fc.tuple(fc.nat({ max: 65535 }), bytes(130)).map(([code, reason]) => close(code, reason));

/**
 * Anything that a hostile client may write. Most frames follow the protocol, because the server ignores all frames
 * after an invalid one.
 */
export const anyFrame: fc.Arbitrary<Buffer> = fc.oneof(
  { arbitrary: wellFormed, weight: 40 },
  { arbitrary: assembled, weight: 3 },
  { arbitrary: damaged, weight: 3 },
  { arbitrary: wrongLength, weight: 1 },
  { arbitrary: closing, weight: 1 },
  { arbitrary: bytes(200), weight: 1 },
);

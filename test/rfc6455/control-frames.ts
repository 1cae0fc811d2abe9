import { close, continuation, fragments, frame, Opcode, ping, pong, text } from '../support/raw-frames.js';
import { type Case, type Chapter, closed, cut, echoed, ponged, request, together } from './case.js';

const anyBytes = Buffer.from(Array.from({ length: 125 }, (_, index) => 255 - index));
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `ping ${index}`);

const pings: Case[] = [0, 1, 2, 124, 125].map((size) => ({
  name: `a ping of ${size} bytes`,
  steps: [ping(anyBytes.subarray(0, size)), ponged(anyBytes.subarray(0, size)), text(request(1)), echoed(1)],
}));

const pongs: Case[] = [0, 1, 125].map((size) => ({
  name: `an unsolicited pong of ${size} bytes`,
  steps: [pong(anyBytes.subarray(0, size)), text(request(1)), echoed(1)],
}));

const tooLong: Case[] = (
  [
    ['ping', Opcode.PING],
    ['pong', Opcode.PONG],
    ['close frame', Opcode.CLOSE],
  ] as const
).flatMap(([what, opcode]) => [
  {
    name: `a ${what} of 126 bytes`,
    steps: [frame({ opcode, payload: Buffer.alloc(126, 'a') }), closed(1002)],
  },
  {
    name: `a ${what} of 65536 bytes`,
    steps: [frame({ opcode, payload: Buffer.alloc(65536, 'a') }), closed(1002)],
  },
  { name: `a ${what} that announces 2^63`, steps: [frame({ opcode, length: 2n ** 63n }), closed(1002)] },
  { name: `a ${what} with its length in 16 bits`, steps: [frame({ opcode, lengthBits: 16 }), closed(1002)] },
  { name: `a ${what} with its length in 64 bits`, steps: [frame({ opcode, lengthBits: 64 }), closed(1002)] },
  { name: `a ${what} without FIN`, steps: [frame({ opcode, fin: false }), closed(1002)] },
  {
    name: `a ${what} in fragments`,
    steps: [...fragments(['ab', 'cd'], opcode), closed(1002)],
  },
  {
    name: `a ${what} of 126 bytes between fragments`,
    steps: [text('{', { fin: false }), frame({ opcode, payload: Buffer.alloc(126, 'a') }), closed(1002)],
  },
]);

/** 130 pings, more than `ws` would leave unanswered before it cuts the connection. */
const many: Case[] = [10, 61, 130].flatMap((count) => [
  {
    name: `${count} pings`,
    steps: [...numbered(count).map((payload) => ping(payload)), ...numbered(count).map(ponged)],
  },
  {
    name: `${count} pings in one packet, and a text`,
    steps: [
      together(...numbered(count).map((payload) => ping(payload)), text(request(1))),
      ...numbered(count).map(ponged),
      echoed(1),
    ],
  },
]);

const [first, second, third] = cut(request(1), 10, 20) as [Buffer, Buffer, Buffer];

const between: Case[] = [
  {
    name: 'pings between fragments',
    steps: [
      text(first, { fin: false }),
      ping('one'),
      ponged('one'),
      continuation(second, { fin: false }),
      ping('two'),
      ponged('two'),
      continuation(third),
      echoed(1),
    ],
  },
  {
    name: 'pings between fragments in one packet',
    steps: [
      together(text(first, { fin: false }), ping('one'), continuation(second, { fin: false }), ping('two')),
      continuation(third),
      ponged('one'),
      ponged('two'),
      echoed(1),
    ],
  },
  {
    name: 'pongs between fragments',
    steps: [
      text(first, { fin: false }),
      pong('one'),
      continuation(second, { fin: false }),
      pong(),
      continuation(third),
      echoed(1),
    ],
  },
  {
    name: 'a ping between two texts',
    steps: [together(text(request(1)), ping('one'), text(request(2))), echoed(1), ponged('one'), echoed(2)],
  },
  {
    name: 'a ping that looks like a text',
    steps: [ping(request(1)), ponged(request(1)), text(request(2)), echoed(2)],
  },
  { name: 'a ping before a close frame', steps: [ping('one'), ponged('one'), close(1000), closed(1000)] },
];

export const controlFrames: Chapter = {
  title: 'control frames',
  ids: 'L5',
  cases: [...pings, ...pongs, ...tooLong, ...many, ...between],
};

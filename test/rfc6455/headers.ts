import { close, continuation, frame, Opcode, ping, text } from '../support/raw-frames.js';
import { type Case, type Chapter, closed, echoed, request, together } from './case.js';

const RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
const RSV_BITS = [1, 2, 3, 4, 5, 6, 7];
const PLACES = [
  ['a text', Opcode.TEXT],
  ['a binary frame', Opcode.BINARY],
  ['a ping', Opcode.PING],
  ['a pong', Opcode.PONG],
  ['a close frame', Opcode.CLOSE],
] as const;

const opcodes: Case[] = RESERVED_OPCODES.flatMap((opcode) => [
  { name: `the opcode ${opcode}`, steps: [frame({ opcode }), closed(1002)] },
  {
    name: `the opcode ${opcode} with a payload`,
    steps: [frame({ opcode, payload: request(1) }), closed(1002)],
  },
  { name: `the opcode ${opcode} without FIN`, steps: [frame({ opcode, fin: false }), closed(1002)] },
  {
    name: `the opcode ${opcode} between fragments`,
    steps: [text('{', { fin: false }), frame({ opcode }), continuation('}'), closed(1002)],
  },
]);

const reservedBits: Case[] = RSV_BITS.flatMap((rsv) => {
  const bits = rsv.toString(2).padStart(3, '0');
  return [
    ...PLACES.map(([where, opcode]) => ({
      name: `RSV ${bits} in ${where}`,
      steps: [frame({ opcode, rsv, payload: opcode === Opcode.CLOSE ? '' : request(1) }), closed(1002)],
    })),
    {
      name: `RSV ${bits} in a continuation`,
      steps: [text('{', { fin: false }), continuation('}', { rsv }), closed(1002)],
    },
    {
      name: `RSV ${bits} after an echo`,
      steps: [text(request(1)), echoed(1), text(request(2), { rsv }), ping(), closed(1002)],
    },
  ];
});

const unmasked: Case[] = [
  ...PLACES.map(([where, opcode]) => ({
    name: `${where} without a mask`,
    steps: [frame({ opcode, mask: null, payload: opcode === Opcode.CLOSE ? '' : request(1) }), closed(1002)],
  })),
  { name: 'an empty text without a mask', steps: [text('', { mask: null }), closed(1002)] },
  {
    name: 'a continuation without a mask',
    steps: [text('{', { fin: false }), continuation('}', { mask: null }), closed(1002)],
  },
  {
    name: 'a text without a mask after one with it',
    steps: [text(request(1)), echoed(1), text(request(2), { mask: null }), closed(1002)],
  },
  {
    name: 'a close frame with a code and without a mask',
    steps: [close(1000, '', { mask: null }), closed(1002)],
  },
];

const masks: Case[] = ['00000000', 'FFFFFFFF', '000000FF', 'FF000000', '80808080', '7B7B7B7B'].map(
  (mask) => ({
    name: `the mask ${mask}`,
    steps: [text(request(1, { size: 131 }), { mask: Buffer.from(mask, 'hex') }), echoed(1)],
  }),
);

const several: Case[] = [
  {
    name: 'a mask of its own for each fragment',
    steps: [
      text('{"event":"echo","data":{"te', { fin: false, mask: Buffer.from('01020304', 'hex') }),
      continuation('xt":"hi"},', { fin: false, mask: Buffer.from('A0B0C0D0', 'hex') }),
      continuation('"id":1}', { mask: Buffer.from('00FF00FF', 'hex') }),
      echoed(1),
    ],
  },
  {
    name: 'two errors in a row',
    steps: [together(frame({ opcode: 3 }), text('', { rsv: 7 }), close(1000)), closed(1002)],
  },
  {
    name: 'a line of HTTP',
    steps: [Buffer.from('GET / HTTP/1.1\r\nHost: service.test\r\n\r\n'), closed(1002)],
  },
  {
    name: 'a handshake inside TLS inside the WebSocket',
    steps: [Buffer.from('160301020001', 'hex'), closed(1002)],
  },
  { name: 'only zeros', steps: [Buffer.alloc(64), closed(1002)] },
  { name: 'only ones', steps: [Buffer.alloc(64, 0xff), closed(1002)] },
];

export const headers: Chapter = {
  title: 'headers',
  ids: 'L5',
  cases: [...opcodes, ...reservedBits, ...unmasked, ...masks, ...several],
};

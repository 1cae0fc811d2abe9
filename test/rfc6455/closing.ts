import { close, continuation, fragments, frame, Opcode, ping, text } from '../support/raw-frames.js';
import { type Case, type Chapter, closed, echoed, request, together } from './case.js';

/** §7.4.1 and the IANA registry. Codes from 3000 on belong to frameworks and applications. */
const CODES = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000, 4401, 4999,
];

/** Out of range, unassigned, or forbidden on the wire: 1004, 1005, 1006, 1015. */
const NO_CODES = [
  0, 1, 255, 256, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1100, 1999, 2000, 2999, 5000, 5001, 32768, 65535,
];

const raw = (payload: Buffer | string): Buffer => frame({ opcode: Opcode.CLOSE, payload });

const codes: Case[] = [
  ...CODES.map((code) => ({ name: `the code ${code}`, steps: [close(code), closed(code)] })),
  ...NO_CODES.map((code) => ({ name: `the code ${code}`, steps: [close(code), closed(1002)] })),
  { name: 'the forbidden code 1005 with a reason', steps: [close(1005, 'because'), closed(1002)] },
  { name: 'no code', steps: [raw(''), closed(null)] },
  { name: 'half a code', steps: [raw(Buffer.from([3])), closed(1002)] },
];

const reasons: Case[] = [
  ...[1, 2, 122, 123].map((size) => ({
    name: `a reason of ${size} bytes`,
    steps: [close(1000, 'r'.repeat(size)), closed(1000)],
  })),
  ...[124, 125, 1000].map((size) => ({
    name: `a reason of ${size} bytes`,
    steps: [close(1000, 'r'.repeat(size)), closed(1002)],
  })),
  { name: 'a reason of 123 bytes in characters of 3', steps: [close(4000, '€'.repeat(41)), closed(4000)] },
  ...['FF', 'C3', 'C080', 'EDA080', 'F4908080', '61E282'].map((bytes) => ({
    name: `the reason ${bytes}, which is not UTF-8`,
    steps: [close(1000, Buffer.from(bytes, 'hex')), closed(1007)],
  })),
  {
    name: 'a reason of 123 bytes that ends in a character',
    steps: [close(1000, Buffer.concat([Buffer.alloc(121, 'r'), Buffer.from([0xe2, 0x82])])), closed(1007)],
  },
];

/** §5.5.1: a close frame is the last frame. Later bytes are ignored. */
const behind: Case[] = [
  { name: 'a text', frames: [text(request(1))] },
  { name: 'a ping', frames: [ping('one')] },
  { name: 'a close frame with another code', frames: [close(1001)] },
  { name: 'an error', frames: [frame({ opcode: 3 })] },
  { name: 'a binary frame', frames: [frame({ opcode: Opcode.BINARY })] },
  { name: 'text that is not UTF-8', frames: [text(Buffer.from([0xff]))] },
  { name: 'the rest of a message', frames: fragments(['a', 'b']) },
  { name: '64 KiB', frames: [text(request(1, { size: 65536 }))] },
].map(({ name, frames }) => ({
  name: `${name} after it`,
  steps: [together(close(1000), ...frames), closed(1000)],
}));

const around: Case[] = [
  { name: 'after an echo', steps: [text(request(1)), echoed(1), close(1000, 'done'), closed(1000)] },
  { name: 'inside a message', steps: [text('{"event"', { fin: false }), close(1001), closed(1001)] },
  {
    name: 'inside a message that goes on',
    steps: [together(text('{', { fin: false }), close(1000), continuation('}')), closed(1000)],
  },
  {
    name: 'in two packets',
    steps: [close(4000, 'bye').subarray(0, 5), close(4000, 'bye').subarray(5), closed(4000)],
  },
  { name: 'after an error', steps: [together(frame({ opcode: 3 }), close(1000)), closed(1002)] },
  {
    name: 'after a binary frame',
    steps: [together(frame({ opcode: Opcode.BINARY }), close(1000)), closed(1003)],
  },
];

export const closing: Chapter = {
  title: 'closing',
  ids: 'L5',
  cases: [...codes, ...reasons, ...behind, ...around],
};

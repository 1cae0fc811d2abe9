import { continuation, fragments, frame, Opcode, text } from '../support/raw-frames.js';
import { type Chapter, type Case, closed, echoed, refused, request } from './case.js';

const LIMIT = 65536;

const sizes: Case[] = [
  43,
  64,
  124,
  125,
  126,
  127,
  128,
  129,
  255,
  256,
  4096,
  32768,
  LIMIT - 2,
  LIMIT - 1,
  LIMIT,
].map((size) => ({ name: `a text of ${size} bytes`, steps: [text(request(1, { size })), echoed(1)] }));

const tooBig: Case[] = [LIMIT + 1, LIMIT + 2, 100_000, 700_000].map((size) => ({
  name: `a text of ${size} bytes`,
  steps: [text(request(1, { size })), closed(1009)],
}));

/** A message that is too long is refused before its payload arrives. */
const announced: Case[] = [
  ['one byte too many', BigInt(LIMIT) + 1n],
  ['2^31 - 1', 2n ** 31n - 1n],
  ['2^31', 2n ** 31n],
  ['2^32 - 1', 2n ** 32n - 1n],
  ['2^32', 2n ** 32n],
  ['2^32 + 5', 2n ** 32n + 5n],
  ['2^53 - 1', 2n ** 53n - 1n],
  ['2^53', 2n ** 53n],
  ['2^63 - 1', 2n ** 63n - 1n],
  ['2^63, the bit that must be 0', 2n ** 63n],
  ['2^63 + 5, the bit that must be 0', 2n ** 63n + 5n],
  ['2^64 - 1, the bit that must be 0', 2n ** 64n - 1n],
].map(([name, length]) => ({
  name: `a header that announces ${name as string}`,
  steps: [text('', { length: length as bigint }), closed(1009)],
}));

const announcedElsewhere: Case[] = [
  {
    name: 'a binary header that announces one byte too many',
    steps: [frame({ opcode: Opcode.BINARY, length: BigInt(LIMIT) + 1n }), closed(1009)],
  },
  {
    name: 'a fragment that announces one byte too many',
    steps: [text('', { length: BigInt(LIMIT) + 1n, fin: false }), closed(1009)],
  },
  {
    name: 'a continuation that announces 2^63',
    steps: [text('{', { fin: false }), continuation('', { length: 2n ** 63n }), closed(1009)],
  },
  {
    name: 'a continuation that announces one byte more than is left',
    steps: [text('{', { fin: false }), continuation('', { length: BigInt(LIMIT) }), closed(1009)],
  },
];

/** §5.2 requires senders to use the shortest encoding. A longer one has the same meaning. */
const longer: Case[] = (
  [
    [60, 16],
    [125, 16],
    [60, 64],
    [126, 64],
    [LIMIT - 1, 64],
  ] as const
).map(([size, lengthBits]) => ({
  name: `a length of ${size} in ${lengthBits} bits`,
  steps: [text(request(1, { size }), { lengthBits }), echoed(1)],
}));

const halves = (size: number): Buffer[] => {
  const message = request(1, { size });
  return fragments([message.subarray(0, LIMIT / 2), message.subarray(LIMIT / 2)]);
};

const sums: Case[] = [
  { name: `fragments of ${LIMIT} bytes together`, steps: [...halves(LIMIT), echoed(1)] },
  { name: `fragments of ${LIMIT + 1} bytes together`, steps: [...halves(LIMIT + 1), closed(1009)] },
  {
    name: `two messages of ${LIMIT} bytes, one after the other`,
    steps: [text(request(1, { size: LIMIT })), text(request(2, { size: LIMIT })), echoed(1), echoed(2)],
  },
  {
    name: 'a text that is too long after one that is not',
    steps: [text(request(1)), echoed(1), text(request(2, { size: LIMIT + 1 })), closed(1009)],
  },
];

const empty: Case[] = [
  { name: 'an empty text', steps: [text(''), refused('BAD_MESSAGE'), text(request(1)), echoed(1)] },
  {
    name: 'an empty text with its length in 16 bits',
    steps: [text('', { lengthBits: 16 }), refused('BAD_MESSAGE'), text(request(1)), echoed(1)],
  },
  {
    name: 'an empty text with its length in 64 bits',
    steps: [text('', { lengthBits: 64 }), refused('BAD_MESSAGE'), text(request(1)), echoed(1)],
  },
  {
    name: 'three empty texts',
    steps: [text(''), text(''), text(''), ...Array<Case['steps'][number]>(3).fill(refused('BAD_MESSAGE'))],
  },
];

const replies: Case[] = [
  ['é', 40],
  ['é', 41],
  ['é', 42],
  ['😀', 50],
  ['"', 100],
].map(([character, count]) => {
  const reply = (character as string).repeat(count as number);
  return {
    name: `a text of ${count} times ${JSON.stringify(character)}`,
    steps: [text(request(1, { text: reply })), echoed(1, reply)],
  };
});

export const lengths: Chapter = {
  title: 'lengths',
  ids: 'L5',
  cases: [...sizes, ...tooBig, ...announced, ...announcedElsewhere, ...longer, ...sums, ...empty, ...replies],
};

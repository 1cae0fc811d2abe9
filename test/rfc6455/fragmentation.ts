import { close, continuation, fragments, frame, Opcode, ping, text } from '../support/raw-frames.js';
import { type Case, type Chapter, closed, cut, echoed, ponged, refused, request, together } from './case.js';

const MAX_FRAGMENTS = 64;

/** One message in this many fragments of equal length, except the last one. */
function pieces(count: number, id = 1): Buffer[] {
  const message = request(id, { size: count });
  const each = Math.floor(message.length / count);
  return cut(message, ...Array.from({ length: count - 1 }, (_, index) => (index + 1) * each));
}

const nothing = (count: number): Buffer[] => Array.from({ length: count }, () => Buffer.alloc(0));
const [start, end] = cut(request(1), 20) as [Buffer, Buffer];

const counts: Case[] = [
  ...[2, 3, 10, MAX_FRAGMENTS - 1, MAX_FRAGMENTS].map((count) => ({
    name: `a text in ${count} fragments`,
    steps: [...fragments(pieces(count)), echoed(1)],
  })),
  ...[MAX_FRAGMENTS + 1, MAX_FRAGMENTS + 2, 1000].map((count) => ({
    name: `a text in ${count} fragments`,
    steps: [...fragments(pieces(count)), closed(1008)],
  })),
  {
    name: `${MAX_FRAGMENTS + 1} fragments that do not end`,
    steps: [
      text('{', { fin: false }),
      ...nothing(MAX_FRAGMENTS).map(() => continuation(' ', { fin: false })),
      closed(1008),
    ],
  },
  {
    name: `two texts in ${MAX_FRAGMENTS} fragments each`,
    steps: [
      together(...fragments(pieces(MAX_FRAGMENTS)), ...fragments(pieces(MAX_FRAGMENTS, 2))),
      echoed(1),
      echoed(2),
    ],
  },
  {
    name: `a ping after each of ${MAX_FRAGMENTS} fragments`,
    steps: [
      ...fragments(pieces(MAX_FRAGMENTS)).flatMap((fragment) => [fragment, ping('p')]),
      ...nothing(MAX_FRAGMENTS).map(() => ponged('p')),
      echoed(1),
    ],
  },
];

const empty: Case[] = [
  { name: 'an empty first fragment', steps: [...fragments(['', request(1)]), echoed(1)] },
  { name: 'an empty last fragment', steps: [...fragments([request(1), '']), echoed(1)] },
  { name: 'empty fragments in the middle', steps: [...fragments([start, '', '', end]), echoed(1)] },
  { name: 'two empty fragments', steps: [...fragments(['', '']), refused('BAD_MESSAGE')] },
  {
    name: `${MAX_FRAGMENTS} empty fragments`,
    steps: [...fragments(nothing(MAX_FRAGMENTS)), refused('BAD_MESSAGE')],
  },
  {
    name: `${MAX_FRAGMENTS + 1} empty fragments`,
    steps: [...fragments(nothing(MAX_FRAGMENTS + 1)), closed(1008)],
  },
  {
    name: `a text after ${MAX_FRAGMENTS} empty fragments`,
    steps: [...fragments([...nothing(MAX_FRAGMENTS), request(1)]), closed(1008)],
  },
];

const strays: Case[] = [
  { name: 'a continuation without a first frame', steps: [continuation(request(1)), closed(1002)] },
  {
    name: 'a continuation without a first frame and without FIN',
    steps: [continuation('{', { fin: false }), closed(1002)],
  },
  { name: 'an empty continuation without a first frame', steps: [continuation(''), closed(1002)] },
  {
    name: 'a continuation of a text that is complete',
    steps: [text(request(1)), echoed(1), continuation(request(2)), closed(1002)],
  },
  {
    name: 'a continuation of fragments that are complete',
    steps: [...fragments([start, end]), echoed(1), continuation(''), closed(1002)],
  },
  {
    name: 'a continuation after a ping',
    steps: [ping('one'), ponged('one'), continuation(''), closed(1002)],
  },
];

const inside: Case[] = [
  { name: 'a text inside a text', steps: [text(start, { fin: false }), text(request(2)), closed(1002)] },
  {
    name: 'the beginning of a text inside a text',
    steps: [text(start, { fin: false }), text(start, { fin: false }), closed(1002)],
  },
  {
    name: 'a binary frame inside a text',
    steps: [text(start, { fin: false }), frame({ opcode: Opcode.BINARY, payload: 'a' }), closed(1002)],
  },
  {
    name: 'a text inside a binary message',
    steps: [frame({ opcode: Opcode.BINARY, payload: 'a', fin: false }), text(request(2)), closed(1002)],
  },
  {
    name: 'a text inside an empty beginning',
    steps: [text('', { fin: false }), text(request(2)), closed(1002)],
  },
  {
    name: 'a text inside a text with two fragments',
    steps: [text(start, { fin: false }), continuation('', { fin: false }), text(end), closed(1002)],
  },
];

const turns: Case[] = [
  {
    name: 'fragments, a whole text, fragments',
    steps: [
      together(...fragments([start, end]), text(request(2)), ...fragments(pieces(5, 3))),
      echoed(1),
      echoed(2),
      echoed(3),
    ],
  },
  { name: 'a beginning and a close frame', steps: [text(start, { fin: false }), close(1000), closed(1000)] },
  { name: 'a fragment a byte', steps: [...fragments(pieces(43)), echoed(1)] },
];

export const fragmentation: Chapter = {
  title: 'fragmentation',
  ids: 'L5 R6',
  cases: [...counts, ...empty, ...strays, ...inside, ...turns],
};

import { fragments, ping, text } from '../support/raw-frames.js';
import { type Case, type Chapter, closed, cut, echoed, ponged, request, together } from './case.js';

const ids = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const many: Case[] = [
  ...[2, 10, 50].map((count) => ({
    name: `${count} texts in one packet`,
    steps: [together(...ids(count).map((id) => text(request(id)))), ...ids(count).map((id) => echoed(id))],
  })),
  {
    name: '50 texts in 150 fragments in one packet',
    steps: [
      together(...ids(50).flatMap((id) => fragments(cut(request(id), 15, 30)))),
      ...ids(50).map((id) => echoed(id)),
    ],
  },
  {
    name: 'two texts of 60 KiB in one packet',
    steps: [
      together(text(request(1, { size: 61440 })), text(request(2, { size: 61440 }))),
      echoed(1),
      echoed(2),
    ],
  },
  {
    name: 'a text and half of the next',
    steps: [
      together(text(request(1)), text(request(2)).subarray(0, 30)),
      echoed(1),
      text(request(2)).subarray(30),
      echoed(2),
    ],
  },
];

/** The pong to the preceding ping shows that the server has the first half and does not answer it. */
const halves: Case[] = (
  [
    ['within the header', 60, 1],
    ['before the mask', 60, 2],
    ['within the mask', 60, 4],
    ['before the payload', 60, 6],
    ['within the payload', 60, 30],
    ['before the last byte', 60, 65],
    ['before a length of 16 bits', 200, 2],
    ['within a length of 16 bits', 200, 3],
    ['before a length of 64 bits', 65536, 2],
    ['within a length of 64 bits', 65536, 6],
    ['before the mask behind a length of 64 bits', 65536, 10],
    ['in the middle of 64 KiB', 65536, 32768],
  ] as const
).map(([where, size, offset]) => {
  const [start, end] = cut(text(request(1, { size })), offset) as [Buffer, Buffer];
  return {
    name: `a silence ${where} (${offset} of ${start.length + end.length} bytes)`,
    steps: [together(ping('heard'), start), ponged('heard'), end, echoed(1)],
  };
});

const slow: Case[] = [
  {
    name: 'a silence within a ping',
    steps: [
      together(ping('heard'), ping('slow').subarray(0, 7)),
      ponged('heard'),
      ping('slow').subarray(7),
      ponged('slow'),
    ],
  },
  {
    name: 'a silence before an error is seen',
    steps: [
      together(ping('heard'), text('a', { rsv: 2 }).subarray(0, 1)),
      ponged('heard'),
      text('a').subarray(1),
      closed(1002),
    ],
  },
];

export const packets: Chapter = { title: 'packets', ids: 'L5', cases: [...many, ...halves, ...slow] };

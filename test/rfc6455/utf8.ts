import { continuation, fragments, ping, text } from '../support/raw-frames.js';
import {
  type Case,
  type Chapter,
  closed,
  cut,
  echoed,
  hex,
  ponged,
  refused,
  request,
  type Step,
} from './case.js';

const bytes = (list: string): Buffer => Buffer.from(list.replaceAll(' ', ''), 'hex');

/** An echo request with these bytes in its text. */
function around(inner: Buffer): Buffer {
  const [before, after] = ['{"event":"echo","data":{"text":"', '"},"id":1}'];
  return Buffer.concat([Buffer.from(before), inner, Buffer.from(after)]);
}

const CHARACTERS: [name: string, character: string][] = [
  ['U+007F', '\u007f'],
  ['U+0080', '\u0080'],
  ['U+07FF', '\u07ff'],
  ['U+0800', '\u0800'],
  ['U+D7FF, the last before the surrogates', '\ud7ff'],
  ['U+E000, the first after the surrogates', '\ue000'],
  ['U+FEFF', '\ufeff'],
  ['U+FFFD', '\ufffd'],
  ['U+FFFF, a noncharacter', '\uffff'],
  ['U+10000', '\u{10000}'],
  ['U+1FFFE, a noncharacter', '\u{1fffe}'],
  ['U+10FFFF, the last of all', '\u{10ffff}'],
  ['letters, marks and symbols', 'Ⅷ κόσμε 한글 e\u0301 👩‍🚀'],
];

const INVALID: [name: string, bytes: string][] = [
  ['a continuation byte alone, the first', '80'],
  ['a continuation byte alone, the last', 'BF'],
  ['two continuation bytes alone', '80 BF'],
  ['a continuation byte too many', 'C3 A9 A9'],
  ['a lead of 2 bytes alone', 'C3'],
  ['a lead of 3 bytes alone', 'E2'],
  ['a lead of 4 bytes alone', 'F0'],
  ['2 of 3 bytes', 'E2 82'],
  ['2 of 4 bytes', 'F0 9F'],
  ['3 of 4 bytes', 'F0 9F 98'],
  ['a lead before a letter', 'C3 41'],
  ['2 of 3 bytes before a letter', 'E2 82 41'],
  ['3 of 4 bytes before a letter', 'F0 9F 98 41'],
  ['two leads', 'C3 C3 A9'],
  ['an overlong NUL in 2 bytes', 'C0 80'],
  ['an overlong slash in 2 bytes', 'C0 AF'],
  ['the longest overlong of 2 bytes', 'C1 BF'],
  ['an overlong NUL in 3 bytes', 'E0 80 80'],
  ['the longest overlong of 3 bytes', 'E0 9F BF'],
  ['an overlong NUL in 4 bytes', 'F0 80 80 80'],
  ['the longest overlong of 4 bytes', 'F0 8F BF BF'],
  ['U+D800, the first high surrogate', 'ED A0 80'],
  ['U+DBFF, the last high surrogate', 'ED AF BF'],
  ['U+DC00, the first low surrogate', 'ED B0 80'],
  ['U+DFFF, the last low surrogate', 'ED BF BF'],
  ['a pair of surrogates', 'ED A0 BD ED B8 80'],
  ['U+110000', 'F4 90 80 80'],
  ['U+13FFFF', 'F4 BF BF BF'],
  ['a lead of more than U+10FFFF', 'F5 80 80 80'],
  ['the last lead of 4 bytes', 'F7 BF BF BF'],
  ['5 bytes', 'F8 88 80 80 80'],
  ['6 bytes', 'FC 84 80 80 80 80'],
  ['FE', 'FE'],
  ['FF', 'FF'],
  ['FE FF, a byte order mark of UTF-16', 'FE FF'],
];

const valid: Case[] = CHARACTERS.flatMap(([name, character]) => [
  { name, steps: [text(request(1, { text: character })), echoed(1, character)] },
  { name: `${name}, alone`, steps: [text(character), refused('BAD_MESSAGE'), text(request(1)), echoed(1)] },
]);

/** `ws` validates messages under 24 bytes in a different way than longer ones. */
const invalid: Case[] = INVALID.flatMap(([name, list]) => [
  { name: `${name}, alone: ${list}`, steps: [text(bytes(list)), closed(1007)] },
  { name: `${name}, in a string: ${list}`, steps: [text(around(bytes(list))), closed(1007)] },
]);

/** Cuts a character at every byte, in fragments and in packets. */
const split: Case[] = ['é', '€', '😀'].flatMap((character) => {
  const inner = Buffer.from(character);
  const message = around(inner);
  const offsetInMessage = message.indexOf(inner);
  return Array.from({ length: inner.length - 1 }, (_, index) => index + 1).flatMap((offset) => {
    const [start, end] = cut(message, offsetInMessage + offset) as [Buffer, Buffer];
    const whole = text(message);
    const packets = cut(whole, whole.length - end.length);
    const name = `${hex(inner)} cut after ${offset}`;
    return [
      { name: `${name}, in fragments`, steps: [...fragments([start, end]), echoed(1, character)] },
      {
        name: `${name}, in fragments with a ping between them`,
        steps: [
          text(start, { fin: false }),
          ping('p'),
          ponged('p'),
          continuation(end),
          echoed(1, character),
        ] as Step[],
      },
      { name: `${name}, in packets`, steps: [...packets, echoed(1, character)] },
    ];
  });
});

const [first, last] = cut(around(bytes('F0 9F 98 80')), 34) as [Buffer, Buffer];

const elsewhere: Case[] = [
  {
    name: 'a fragment a byte',
    steps: [
      ...fragments(cut(around(Buffer.from('😀')), ...Array.from({ length: 44 }, (_, index) => index + 1))),
      echoed(1, '😀'),
    ],
  },
  { name: 'invalid in the first of two fragments', steps: [...fragments([bytes('FF'), 'a']), closed(1007)] },
  { name: 'invalid in the last of two fragments', steps: [...fragments(['a', bytes('FF')]), closed(1007)] },
  {
    name: 'an overlong character in two fragments',
    steps: [...fragments([bytes('C0'), bytes('80')]), closed(1007)],
  },
  {
    name: 'a surrogate in two fragments',
    steps: [...fragments([bytes('ED'), bytes('A0 80')]), closed(1007)],
  },
  { name: 'a character without its end', steps: [...fragments([first, last.subarray(1)]), closed(1007)] },
  {
    name: 'a character with an empty fragment in it',
    steps: [...fragments([first, '', last]), echoed(1, '😀')],
  },
  {
    name: 'a message that ends in a character',
    steps: [text(Buffer.concat([request(1), bytes('E2 82')])), closed(1007)],
  },
  { name: 'valid, then invalid', steps: [text(request(1)), echoed(1), text(bytes('FF')), closed(1007)] },
  {
    name: 'an escaped lone surrogate is valid, and no message',
    steps: [text(request(1, { text: '\ud800' })), refused('BAD_MESSAGE'), text(request(2)), echoed(2)],
  },
  {
    name: 'an escaped NUL is text, and no body may have it',
    steps: [text(request(1, { text: '\0' })), refused('VALIDATION_FAILED')],
  },
  {
    name: 'invalid in a ping, which is bytes',
    steps: [ping(bytes('C0 80 FF')), ponged(bytes('C0 80 FF')), text(request(1)), echoed(1)],
  },
];

export const utf8: Chapter = {
  title: 'UTF-8',
  ids: 'I7',
  cases: [...valid, ...invalid, ...split, ...elsewhere],
};

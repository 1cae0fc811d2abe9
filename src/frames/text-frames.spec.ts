import fc from 'fast-check';
import { close, continuation, ping, text } from '../../test/support/raw-frames.js';
import { TextFrames } from './text-frames.js';

const MAX = 70_000;
const mask = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes));

/** What is read from the beginning of a chunk, and how far. */
function read(chunk: Buffer, max = MAX): { texts: string[]; end: number } {
  const frames = new TextFrames(max);
  const texts: string[] = [];
  let at = 0;
  for (let end = frames.unmask(chunk, at); end > 0; end = frames.unmask(chunk, at)) {
    const message = frames.text(chunk);
    expect(frames.length).toBe(Buffer.byteLength(message));
    texts.push(message);
    at = end;
  }
  return { texts, end: at };
}

it('reads all whole texts of a chunk, in any characters and under any mask', () => {
  const message = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constant('x'.repeat(126)));
  fc.assert(
    fc.property(fc.array(message), mask, (texts, key) => {
      const chunk = Buffer.concat(texts.map((one) => text(one, { mask: key })));
      expect(read(chunk)).toEqual({ texts, end: chunk.length });
    }),
  );
});

it.each([0, 1, 125, 126, 65_535])('reads a text of %d bytes', (length) => {
  expect(read(text('x'.repeat(length))).texts).toEqual(['x'.repeat(length)]);
});

it.each<[what: string, frame: Buffer]>([
  ['a ping', ping('hi')],
  ['a Close', close(1000)],
  ['the first fragment', text('hi', { fin: false })],
  ['a continuation', continuation('hi')],
  ['a binary message', text('hi', { opcode: 2 })],
  ['a reserved opcode', text('hi', { opcode: 3 })],
  ['a compressed message', text('hi', { rsv: 4 })],
  ['a reserved bit', text('hi', { rsv: 1 })],
  ['a frame without a mask', text('hi', { mask: null })],
  ['a frame without a mask and with a length of two bytes', text('x'.repeat(200), { mask: null })],
  ['a length of eight bytes', text('hi', { lengthBits: 64 })],
  ['a text over the limit', text('x'.repeat(201))],
  ['text that is not UTF-8', text(Buffer.from([0xc3, 0x28]))],
  ['a surrogate in UTF-8', text(Buffer.from([0xed, 0xa0, 0x80]))],
  ['half of a character', text(Buffer.from([0x61, 0xe2, 0x82]))],
])('leaves %s to ws, and changes no byte of it', (_what, frame) => {
  const chunk = Buffer.concat([text('before'), frame, text('after')]);
  const rest = Buffer.from(chunk.subarray(text('before').length));
  const { texts, end } = read(chunk, 200);
  expect(texts).toEqual(['before']);
  expect(chunk.subarray(end)).toEqual(rest);
});

it('leaves a frame to ws that is not complete, wherever it is cut', () => {
  for (const whole of [text('hello'), text('x'.repeat(300))]) {
    for (let cut = 0; cut < whole.length; cut++) {
      const chunk = Buffer.from(whole.subarray(0, cut));
      expect(read(chunk)).toEqual({ texts: [], end: 0 });
      expect(chunk).toEqual(whole.subarray(0, cut));
    }
  }
});

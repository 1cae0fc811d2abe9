import { createRequire } from 'node:module';
import type { Writable } from 'node:stream';
import { asciiFrame, payloadLengthOf, textFrame } from './text-frame.js';

const { Receiver } = createRequire(import.meta.url)('ws') as {
  Receiver: new (options: object) => Writable;
};

function read(frame: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver({ isServer: false });
    receiver.on('message', (data: Buffer, isBinary: boolean) => resolve(`${isBinary} ${data.toString()}`));
    receiver.on('error', reject);
    receiver.write(frame);
  });
}

it.each([0, 1, 125, 126, 65_535, 65_536, 70_000])('encodes %d characters as one frame', async (length) => {
  const text = 'x'.repeat(length);
  expect(await read(textFrame(text))).toBe(`false ${text}`);
});

it.each(['é', '€', '😀', 'é'.repeat(63), '€'.repeat(21_846), 'a\u0000b', '\u00ff'])(
  'encodes non-ASCII characters as UTF-8',
  async (text) => {
    expect(await read(textFrame(text))).toBe(`false ${text}`);
  },
);

it.each([0, 125, 126, 65_535, 65_536])('knows that a frame has a text of %d bytes', (length) => {
  expect(payloadLengthOf(textFrame('x'.repeat(length)))).toBe(length);
});

it.each([0, 1, 125, 126, 255, 256, 65_535])(
  'encodes %d ASCII characters as a string of the same bytes',
  (length) => {
    const text = 'x'.repeat(length);
    expect(Buffer.from(asciiFrame(text) ?? '', 'latin1')).toEqual(textFrame(text));
  },
);

it.each(['é', '€', '😀', '\u0080', 'x'.repeat(65_536)])('has no such string for other texts', (text) => {
  expect(asciiFrame(text)).toBeUndefined();
});

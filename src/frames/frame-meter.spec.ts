import fc from 'fast-check';
import { frame } from '../../test/support/raw-frames.js';
import { FrameMeter } from './frame-meter.js';

type Seen = [isControl: boolean, isFinal: boolean, bytes: number];

function meter(): { seen: Seen[]; read: (chunk: Buffer) => void } {
  const seen: Seen[] = [];
  const subject = new FrameMeter({ onFrame: (...told) => seen.push(told) });
  return { seen, read: (chunk) => subject.read(chunk) };
}

const frames = fc.array(
  fc.record({
    opcode: fc.constantFrom(0x0, 0x1, 0x2, 0x9, 0xa),
    fin: fc.boolean(),
    payload: fc
      .oneof(fc.integer({ min: 0, max: 200 }), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000))
      .map((length) => Buffer.alloc(length, 0x82)),
  }),
  { maxLength: 12 },
);

it('R1 counts every frame once, in whatever chunks the bytes arrive', () => {
  fc.assert(
    fc.property(
      frames,
      fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 50 }),
      (sent, cuts) => {
        const encoded = sent.map((one) => frame(one));
        const bytes = Buffer.concat(encoded);
        const { seen, read } = meter();
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const end = at + (cuts[turn % cuts.length] as number);
          read(bytes.subarray(at, end));
          at = end;
        }
        expect(seen).toEqual(
          sent.map(({ opcode, fin }, index) => [opcode >= 8, fin, (encoded[index] as Buffer).length]),
        );
      },
    ),
    { numRuns: 200 },
  );
});

it('reports a frame when its header has arrived, before its payload', () => {
  const { seen, read } = meter();
  read(frame({ payload: Buffer.alloc(60_000) }).subarray(0, 8));
  expect(seen).toEqual([[false, true, 60_008]]);
});

it('does not count a close frame', () => {
  const { seen, read } = meter();
  read(frame({ opcode: 0x8, payload: Buffer.from([3, 232]) }));
  expect(seen).toEqual([]);
});

describe('discarding after the close', () => {
  const CLOSE = frame({ opcode: 0x8, payload: Buffer.from([3, 232]) });

  /** Reads the bytes before `from` and skims the rest. @returns the bytes that skim() passes on */
  function passedOn(bytes: Buffer, from: number, size: number): Buffer {
    const subject = new FrameMeter({ onFrame: () => undefined });
    if (from > 0) subject.read(bytes.subarray(0, from));
    const passed: Buffer[] = [];
    for (let at = from; at < bytes.length; at += size)
      subject.skim(bytes.subarray(at, at + size), (piece) => passed.push(Buffer.from(piece)));
    return Buffer.concat(passed);
  }

  it('R13 completes the current frame and passes on the Close but nothing else, in whatever chunks the bytes arrive', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 4000 }), (sent, place, size) => {
        const encoded = sent.map((one) => frame(one));
        const before = Buffer.concat(encoded);
        const from = before.length === 0 ? 0 : place % (before.length + 1);
        const bytes = Buffer.concat([before, CLOSE, Buffer.from('8a008a00', 'hex')]);
        const ends = encoded.map((_, index) => Buffer.concat(encoded.slice(0, index + 1)).length);
        const end = [0, ...ends].find((at) => at >= from) as number;
        const rest = bytes.subarray(from, end);
        expect(passedOn(bytes, from, size).equals(Buffer.concat([rest, CLOSE]))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('R13 completes a Close that has partly arrived', () => {
    for (let from = 1; from < CLOSE.length; from++)
      expect(passedOn(Buffer.concat([CLOSE, CLOSE]), from, 3)).toEqual(CLOSE.subarray(from));
  });

  it('R13 passes on nothing after a Close that was read', () => {
    expect(passedOn(Buffer.concat([CLOSE, CLOSE]), CLOSE.length, 3)).toHaveLength(0);
  });
});

it('R13 counts nothing after a Close', () => {
  const { seen, read } = meter();
  read(Buffer.concat([frame({ opcode: 0x8, payload: Buffer.from([3, 232]) }), frame(), frame()]));
  read(frame());
  expect(seen).toEqual([]);
});

import { continuation, fragments, frame, Opcode, ping, text } from '../support/raw-frames.js';
import { type Case, type Chapter, closed, echoed, ponged, request, together } from './case.js';

const binary = (payload: Buffer | string): Buffer => frame({ opcode: Opcode.BINARY, payload });

const sizes: Case[] = [0, 1, 125, 126, 127, 65535, 65536].map((size) => ({
  name: `${size} bytes`,
  steps: [binary(Buffer.alloc(size, 0xfe)), closed(1003)],
}));

export const binaryFrames: Chapter = {
  title: 'binary frames',
  ids: 'I7',
  cases: [
    ...sizes,
    { name: '65537 bytes', steps: [binary(Buffer.alloc(65537)), closed(1009)] },
    { name: 'a message that would be right as text', steps: [binary(request(1)), closed(1003)] },
    { name: 'in fragments', steps: [...fragments(['a', 'b', 'c'], Opcode.BINARY), closed(1003)] },
    {
      name: 'in fragments with a ping between them',
      steps: [
        frame({ opcode: Opcode.BINARY, payload: 'a', fin: false }),
        ping('one'),
        ponged('one'),
        continuation('b'),
        closed(1003),
      ],
    },
    { name: 'after an echo', steps: [text(request(1)), echoed(1), binary('a'), closed(1003)] },
    {
      name: 'followed by a text, which is not answered,',
      steps: [together(binary('a'), text(request(1))), closed(1003)],
    },
    { name: 'followed by an error', steps: [together(binary('a'), frame({ opcode: 3 })), closed(1003)] },
    { name: 'followed by a second one', steps: [together(binary('a'), binary('b')), closed(1003)] },
  ],
};

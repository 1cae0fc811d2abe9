import fc from 'fast-check';
import { anyCharacter } from '../../../test/support/any-character.js';
import type { Audience, Broadcast } from '../../nodes/broadcast-bus.js';
import { lineOf, readBatch } from './batch-text.js';

const text = fc.string({ unit: anyCharacter });
const audience: fc.Arbitrary<Audience> = fc.oneof(
  fc.constant({ to: 'everyone' as const }),
  text.map((room) => ({ to: 'room' as const, room })),
  text.map((id) => ({ to: 'user' as const, id })),
  fc.tuple(text, fc.option(text)).map(([id, issuer]) => ({ to: 'user' as const, id, issuer })),
);
const broadcast: fc.Arbitrary<Broadcast> = fc.record({
  audience,
  event: text,
  json: fc.json().map((json) => JSON.stringify(JSON.parse(json))),
});

it('a batch of any pushes comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(broadcast), (broadcasts) => {
      expect(readBatch(Buffer.from(broadcasts.map(lineOf).join('\n')))).toEqual(broadcasts);
    }),
  );
});

it('data with line breaks becomes one line', () => {
  const json = JSON.stringify({ a: [1, '\n\t'] }, null, '\t');
  const [read] = readBatch(Buffer.from(lineOf({ audience: { to: 'everyone' }, event: 'e', json })));
  expect(read?.json).toBe('{"a":[1,"\\n\\t"]}');
});

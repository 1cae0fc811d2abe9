import 'reflect-metadata';
import fc from 'fast-check';
import { uncheckedProperties } from '../../validation/class-audit.js';
import { bodySchemaOf, compile, isExact } from '../../../test/support/contract/schema-check.js';
import { errorsOf } from '../../../test/support/errors-of.js';
import { forgetRandomClasses, randomDto } from '../../../test/support/random-dtos.js';

/** Names that are refused before a body is validated. */
const REFUSED_BEFORE = /"(__proto__|constructor|prototype)":/;
/** class-validator does not count variation selectors as characters. JSON Schema does. */
const COUNTED_OTHERWISE = '\ufe0f';

it('a schema says of random bodies of random classes what validation says of them', async () => {
  const seen = { accepted: 0, refused: 0 };
  await fc.assert(
    fc
      .asyncProperty(randomDto, async ({ type, bodies }) => {
        const schema = bodySchemaOf(type);
        // An application with an unchecked property does not start.
        fc.pre(isExact(schema) && uncheckedProperties(type).length === 0);
        const accepts = compile(schema);
        for (const text of new Set(bodies.map((body) => JSON.stringify(body)))) {
          if (REFUSED_BEFORE.test(text) || text.includes(COUNTED_OTHERWISE)) continue;
          const errors = await errorsOf(JSON.parse(text), type as never);
          const isAccepted = accepts(JSON.parse(text));
          seen[isAccepted ? 'accepted' : 'refused'] += 1;
          if (isAccepted !== (errors.length === 0))
            throw new Error(
              JSON.stringify({
                text,
                isAccepted,
                errors,
                schema,
                initial: new (type as never as new () => object)(),
              }),
            );
        }
      })
      .afterEach(forgetRandomClasses),
    { numRuns: Number(process.env.RUNS ?? 150) },
  );
  expect(seen.accepted).toBeGreaterThan(200);
  expect(seen.refused).toBeGreaterThan(200);
});

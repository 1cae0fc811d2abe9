import { readFileSync } from 'node:fs';
import { OPTIONS } from '../../src/options/options.schema.js';
import type { OptionDefinition } from '../../src/options/options-table.js';

/** A variable has at most 15 digits. */
const MOST_DIGITS = 999_999_999_999_999;
const definitions: OptionDefinition[] = Object.values(OPTIONS);

/** The bounds of a number as the schema states them; undefined for other kinds of values. */
function boundsOf({ schema }: OptionDefinition): [min: number, max: number] | undefined {
  const text = schema.safeParse('x').error?.issues[0]?.message ?? '';
  const [, least, most = String(MOST_DIGITS)] =
    /^must be a whole number (?:from|of at least) (\d+)(?: to (\d+))?$/.exec(text) ?? [];
  return least === undefined ? undefined : [Number(least), Number(most)];
}

const accepts = ({ schema }: OptionDefinition, value: number): boolean =>
  schema.safeParse(String(value)).success;

const numbers = definitions.flatMap((definition) => {
  const bounds = boundsOf(definition);
  return bounds ? [{ definition, bounds }] : [];
});

it('C1 docs/configuration.md tells the least and the greatest value of every number', () => {
  const page = readFileSync('docs/configuration.md', 'utf8');
  const table = page.slice(page.indexOf('### Bounds'), page.indexOf('\n## ', page.indexOf('### Bounds')));
  const rows = [...table.matchAll(/^\| `(WS_\w+)` +\| ([\d,]+) +\| ([\d,]+|–) +\|$/gm)].map(
    ([, variable, least, most]) => [variable, least, most].join(' '),
  );
  const text = (value: number): string => (value === MOST_DIGITS ? '–' : value.toLocaleString('en-US'));
  expect(rows).toEqual(
    numbers
      .map(({ definition, bounds: [least, most] }) =>
        [definition.variable, text(least), text(most)].join(' '),
      )
      .toSorted(),
  );
});

it.each(numbers.map((number) => [number.definition.variable, number] as const))(
  'C1 %s keeps its bounds',
  (_variable, { definition, bounds: [least, most] }) => {
    expect([least - 1, least, most, most + 1].map((value) => accepts(definition, value))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  },
);

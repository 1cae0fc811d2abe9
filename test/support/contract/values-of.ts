import fc from 'fast-check';
import type { JsonSchema } from '../../../src/contract/schema/json-schema.js';

type Values = fc.Arbitrary<unknown>;

const LONGEST = 6;

/**
 * JSON values that a schema probably accepts.
 *
 * @param root the document that references are looked up in
 */
export function valuesOf(schema: JsonSchema, root: object, depth = 0): Values {
  const { $ref, const: fixed, enum: listed, anyOf, oneOf, allOf } = schema as Record<string, never>;
  if ($ref !== undefined) return valuesOf(resolve(root, $ref), root, depth);
  if ('const' in schema) return fc.constant(fixed);
  if (listed) return fc.constantFrom(...(listed as unknown[]));
  const choices = (oneOf ?? anyOf) as JsonSchema[] | undefined;
  if (choices) return fc.oneof(...choices.map((choice) => valuesOf(choice, root, depth)));
  if (allOf && schema['type'] === undefined) return valuesOf((allOf as JsonSchema[])[0] ?? {}, root, depth);
  const types = [schema['type'] ?? ['string', 'number', 'null']].flat() as string[];
  return fc.oneof(...types.map((type) => valuesOfType(type, schema, root, depth)));
}

function valuesOfType(type: string, schema: JsonSchema, root: object, depth: number): Values {
  const bound = (keyword: string, otherwise: number): number =>
    (schema[keyword] as number | undefined) ?? otherwise;
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc
        .integer({ min: Math.max(bound('minimum', -50), -50), max: Math.min(bound('maximum', 50), 50) })
        .map((value) => value * bound('multipleOf', 1));
    case 'number':
      return fc.oneof(fc.integer({ min: -50, max: 50 }), fc.constantFrom(-0.5, 0.25, 2.5));
    case 'boolean':
      return fc.boolean();
    case 'array':
      return depth > 3
        ? fc.constant([])
        : fc.array(valuesOf((schema['items'] ?? {}) as JsonSchema, root, depth + 1), {
            minLength: bound('minItems', 0),
            maxLength: Math.min(bound('maxItems', 3), 3),
          });
    case 'object':
      return objects(schema, root, depth);
    default:
      return fc.constant(null);
  }
}

function text({ pattern, maxLength = LONGEST, minLength = 0 }: JsonSchema): Values {
  const isOfTheModule = typeof pattern !== 'string' || pattern.startsWith('^[^\\u0000');
  if (!isOfTheModule) return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.string({
    unit: fc.constantFrom('a', 'b', '0', ' ', '<', 'é', '日', '😀'),
    minLength: minLength as number,
    maxLength: Math.min(maxLength as number, Math.max(LONGEST, minLength as number)),
  });
}

function objects(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  root: object,
  depth: number,
): Values {
  const members = Object.entries(properties as Record<string, JsonSchema>);
  if (members.length === 0 && typeof additionalProperties === 'object')
    return fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      valuesOf(additionalProperties as JsonSchema, root, depth + 1),
    );
  const model = Object.fromEntries(members.map(([name, one]) => [name, valuesOf(one, root, depth + 1)]));
  return fc.record(model, { requiredKeys: required as string[], noNullPrototype: true });
}

/** The part of a document that a reference names. */
export function resolve(root: object, reference: string): JsonSchema {
  let found: unknown = root;
  for (const name of reference.split('/').slice(1))
    found = (found as Record<string, unknown>)[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  return found as JsonSchema;
}

const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  0.5,
  2 ** 53,
  1e300,
  '',
  'x'.repeat(40),
  '\u202e',
  [],
  [[]],
  {},
  { a: 1 },
];

/** The value with one thing changed somewhere in it: a member missing, added or of another kind. */
export function changed(value: unknown): Values {
  const odd = fc.constantFrom(...ODD);
  if (typeof value !== 'object' || value === null) return odd;
  if (Array.isArray(value)) {
    const more = odd.map((item) => [...(value as unknown[]), item]);
    const many = fc.constant(Array.from({ length: 257 }, () => (value as unknown[])[0] ?? 1));
    const inside = value.map((item: unknown, at) =>
      changed(item).map((other) => (value as unknown[]).with(at, other)),
    );
    return fc.oneof(odd, more, many, ...inside);
  }
  const members = Object.entries(value);
  return fc.oneof(
    odd,
    odd.map((one) => ({ ...value, unknown: one })),
    ...members.map(([name]) => fc.constant(Object.fromEntries(members.filter(([other]) => other !== name)))),
    ...members.map(([name, one]) => changed(one).map((other) => ({ ...value, [name]: other }))),
  );
}

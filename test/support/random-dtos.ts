import fc from 'fast-check';
import { getMetadataStorage, IsOptional } from 'class-validator';
import type { Class } from '../../src/validation/class-rules.js';
import { PROPERTY_KINDS, type PropertyKind } from './property-kinds.js';

/** One property of a random class. */
interface PropertyPlan {
  readonly kind: PropertyKind;
  readonly isOptional: boolean;
  readonly isInherited: boolean;
  /** Empty without an initialiser. `[undefined]` as with `useDefineForClassFields`. */
  readonly initial: readonly unknown[];
}

const ODD_VALUES: readonly unknown[] = [
  ...([
    null,
    true,
    0,
    -0,
    1.5,
    2 ** 53,
    NaN,
    Infinity,
    '',
    'a',
    'a\u0000',
    '\u202e',
    ' x ',
    '<b>x</b>',
  ] as unknown[]),
  ...([
    [],
    ['a'],
    ['a', 'a'],
    [null],
    [-0],
    [[1]],
    [{ name: 'a' }],
    [{ name: 'a' }, null],
    [{}],
  ] as unknown[]),
  ...([{}, { name: 'a' }, { name: 'a', more: 1 }, { name: 'a', toString: 1 }] as unknown[]),
  { name: 'a', branches: [{}] },
];
const odd = fc.constantFrom(...ODD_VALUES);
const extraName = fc.constantFrom('more', 'toString', 'constructor', '__proto__', 'prototype', 'then');

const propertyPlan: fc.Arbitrary<PropertyPlan> = fc.constantFrom(...PROPERTY_KINDS).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    isOptional: fc.boolean(),
    isInherited: fc.boolean(),
    initial: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom([], [undefined]) },
      { weight: 1, arbitrary: fc.tuple(fc.oneof(kind.good, odd)) },
    ),
  }),
);

const bodyOf = (plans: readonly PropertyPlan[]): fc.Arbitrary<object> =>
  fc
    .tuple(
      fc.oneof(
        { weight: 20, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.tuple(extraName, odd) },
      ),
      ...plans.map(({ kind: { good } }, at) => memberOf(nameOf(at), good)),
    )
    .chain((members) => fc.shuffledSubarray(members, { minLength: members.length }))
    .map(plainObject);

/** Mostly a valid value, sometimes an odd one, sometimes missing. */
const memberOf = (name: string, good: fc.Arbitrary<unknown>): fc.Arbitrary<[string, unknown] | null> =>
  fc.oneof(
    { weight: 40, arbitrary: fc.tuple(fc.constant(name), good) },
    { weight: 1, arbitrary: fc.tuple(fc.constant(name), odd) },
    { weight: 4, arbitrary: fc.constant(null) },
  );

/** One name is an integer, because objects list integer names first. */
const nameOf = (at: number): string => (at === 3 ? '7' : `p${at}`);

/** Creates an object like JSON.parse() does. */
function plainObject(members: readonly (readonly [string, unknown] | null)[]): object {
  const object = {};
  for (const member of members)
    if (member) {
      const [name, value] = member;
      Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
    }
  return object;
}

/** Classes with random rules, which class-validator would keep. */
const made: object[] = [];

/** For a property's `afterEach()`: class-validator goes through all classes that it knows, at each validation. */
export function forgetRandomClasses(): void {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    validationMetadatas: Map<object, unknown>;
  };
  for (const type of made.splice(0)) validationMetadatas.delete(type);
}

function classOf(plans: readonly PropertyPlan[]): Class {
  const initialise = (instance: object, isInherited: boolean): void =>
    plans.forEach(({ initial, ...plan }, at) => {
      if (plan.isInherited === isInherited && initial.length > 0)
        Object.assign(instance, { [nameOf(at)]: copyOf(initial[0]) });
    });
  class Parent {
    constructor() {
      initialise(this, true);
    }
  }
  class Dto extends Parent {
    constructor() {
      super();
      initialise(this, false);
    }
  }
  plans.forEach(({ kind: { design, decorators }, isOptional, isInherited }, at) => {
    const all = [...decorators(), ...(isOptional ? [IsOptional()] : [])];
    const emitted =
      design === undefined ? [] : [Reflect.metadata('design:type', design) as PropertyDecorator];
    Reflect.decorate([...all, ...emitted], (isInherited ? Parent : Dto).prototype, nameOf(at));
  });
  made.push(Dto, Parent);
  return Dto;
}

/** A deep copy, because validation may change its input. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return plainObject(Object.entries(value).map(([name, item]) => [name, copyOf(item)]));
}

/** A DTO class and bodies for it, most of them valid. */
export const randomDto: fc.Arbitrary<{ readonly type: Class; readonly bodies: readonly object[] }> = fc
  .array(propertyPlan, { minLength: 1, maxLength: 4 })
  .chain((plans) =>
    fc
      .array(bodyOf(plans), { minLength: 20, maxLength: 20 })
      .map((bodies) => ({ type: classOf(plans), bodies })),
  );

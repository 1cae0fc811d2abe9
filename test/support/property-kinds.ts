import fc from 'fast-check';
import { Type } from 'class-transformer';
import * as rules from 'class-validator';
import { AllowCharacters } from '../../src/validation/characters.js';
import type { Class } from '../../src/validation/class-rules.js';
import { NormalizeUnicode, PlainText, Trim } from '../../src/validation/sanitizer.decorators.js';

/** A kind of property: its type, its decorators, and values that are probably valid. */
export interface PropertyKind {
  readonly design?: unknown;
  readonly decorators: () => PropertyDecorator[];
  readonly good: fc.Arbitrary<unknown>;
}

export class Leaf {
  @rules.IsString()
  @rules.MaxLength(3)
  name!: string;

  @rules.IsOptional()
  @rules.IsInt({ each: true })
  counts?: number[];
}

export class Tree extends Leaf {
  @rules.IsOptional()
  @rules.ValidateNested({ each: true })
  @Type(() => Tree)
  branches?: Tree[];

  @Trim()
  @rules.IsOptional()
  @rules.IsString()
  label: string | null = 'none';
}

enum Size {
  Small = 'small',
  Large = 2,
}

const text = fc.string({
  maxLength: 5,
  unit: fc.constantFrom('a', 'b', ' ', '<', '>', 'é', '\u0301', '😀', '\ufe0f'),
});
const numbers = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom(-0, 2 ** 53, 2 ** 53 - 1, 0.25, 1e300),
);
const leaf = fc.record(
  { name: text, counts: fc.array(numbers, { maxLength: 2 }) },
  { requiredKeys: ['name'] },
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.record(
    {
      name: text,
      label: fc.oneof(text, fc.constant(null)),
      branches: fc.array(tie('tree'), { maxLength: 2, depthIdentifier: 'tree' }),
    },
    { requiredKeys: ['name'] },
  ),
}));

const nested = (type: Class): PropertyDecorator[] => [rules.ValidateNested(), Type(() => type)];

const kind = (
  design: unknown,
  good: fc.Arbitrary<unknown>,
  decorators: () => PropertyDecorator[],
): PropertyKind => ({
  design,
  decorators,
  good,
});

export const PROPERTY_KINDS: readonly PropertyKind[] = [
  kind(String, text, () => [rules.IsString(), rules.MaxLength(4)]),
  kind(String, text, () => [rules.Length(1, 3), rules.NotEquals('a')]),
  kind(String, text, () => [rules.MinLength(2), rules.IsNotIn(['ab'])]),
  kind(String, fc.constantFrom('ab', 'b\n'), () => [rules.Matches(/^[a-z]+$/)]),
  kind(String, fc.constantFrom('a', 'b', 'a'.repeat(9)), () => [rules.Matches(/a/g)]),
  kind(String, text, () => [Trim(), rules.IsString(), rules.IsNotEmpty()]),
  kind(String, text, () => [PlainText(), NormalizeUnicode('NFKC'), rules.MaxLength(3)]),
  kind(Array, fc.array(text, { maxLength: 3 }), () => [Trim(), rules.IsString({ each: true })]),
  kind(Set, fc.array(text, { maxLength: 3 }), () => [PlainText(), rules.IsString({ each: true })]),
  kind(String, fc.constantFrom('\u202a', 'a\u0000'), () => [AllowCharacters('bidi'), rules.IsString()]),
  kind(String, fc.uuid(), () => [rules.IsUUID()]),
  kind(String, fc.constantFrom('a@example.org', 'a@b'), () => [rules.IsEmail()]),
  kind(String, fc.constantFrom('https://example.org/', 'x'), () => [rules.IsUrl()]),
  kind(String, fc.constantFrom('2026-01-02T03:04:05Z', '2026-02-31'), () => [
    rules.IsISO8601({ strict: true }),
  ]),
  kind(String, fc.constantFrom('2026-01-02', 'x'), () => [rules.IsDateString()]),
  kind(Number, numbers, () => [rules.IsInt(), rules.Min(-5), rules.Max(2 ** 54)]),
  kind(Number, numbers, () => [rules.IsNumber({ maxDecimalPlaces: 0 })]),
  kind(Number, numbers, () => [rules.IsNumber({ maxDecimalPlaces: 1, allowNaN: true }), rules.IsPositive()]),
  kind(Number, numbers, () => [rules.IsNumber(), rules.IsNegative()]),
  kind(Boolean, fc.boolean(), () => [rules.IsBoolean(), rules.IsDefined()]),
  kind(Object, fc.constantFrom('a', 1, null), () => [rules.IsIn(['a', 1, null])]),
  kind(String, fc.constantFrom('small', 2), () => [rules.IsEnum(Size)]),
  kind(Object, fc.constantFrom('x', 1), () => [rules.Equals('x')]),
  kind(Object, fc.oneof(text, numbers), () => [rules.Allow()]),
  kind(undefined, fc.array(numbers, { maxLength: 3 }), () => [rules.IsInt({ each: true })]),
  kind(Array, fc.array(numbers, { maxLength: 3 }), () => [
    rules.IsArray(),
    rules.ArrayUnique(),
    rules.ArrayMaxSize(2),
  ]),
  kind(Array, fc.array(text, { maxLength: 3 }), () => [rules.ArrayNotEmpty(), rules.ArrayContains(['a'])]),
  kind(Array, fc.array(text, { maxLength: 3 }), () => [
    rules.ArrayMinSize(1),
    rules.MaxLength(2, { each: true }),
  ]),
  kind(Leaf, leaf, () => nested(Leaf)),
  kind(Leaf, leaf, () => [rules.IsObject(), rules.IsNotEmptyObject(), ...nested(Leaf)]),
  kind(Object, fc.oneof(leaf, fc.array(leaf, { maxLength: 2 })), () => nested(Leaf)),
  kind(Array, fc.array(leaf, { maxLength: 3 }), () => [rules.ArrayMaxSize(2), ...nested(Leaf)]),
  kind(Tree, tree, () => nested(Tree)),
  kind(Array, fc.array(tree, { maxLength: 2 }), () => nested(Tree)),
];

import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import * as classValidator from 'class-validator';

export type Class = (abstract new (...args: never[]) => object) & { readonly name: string };

type Condition = (object: object, value: unknown) => boolean;

/** One rule of a property, as class-validator keeps it. */
export interface Rule {
  readonly type: string;
  readonly name?: string;
  /** For each element of an array instead of the array. */
  readonly each: boolean;
  /** What the decorator was given; undefined where it takes nothing. */
  readonly constraints?: readonly unknown[];
  /** The application's own words for what is wrong. */
  readonly message?: string | ((parameters: classValidator.ValidationArguments) => string);
  /** What has the `validate()` of the rule. */
  readonly constraintCls?: object;
  /** Given with the rule: when it is to be applied at all. */
  readonly validateIf?: Condition;
  readonly groups?: readonly string[];
  readonly always?: boolean;
}

/** What a DTO class says of one property, by decorators of class-validator and class-transformer and by its type. */
export interface PropertyRules {
  readonly name: string;
  /** Undefined where the compiler emitted none. */
  readonly designType: unknown;
  readonly rules: readonly Rule[];
  readonly isNested: boolean;
  /** Of `@Type()`, or the sub-types of its discriminator. */
  readonly types: readonly Class[];
  /** What a discriminator makes of values that name no sub-type. */
  readonly fallback?: Class;
  /** Of `@ValidateIf()`, and of `@IsOptional()`. */
  readonly conditions: readonly Condition[];
}

interface TypeMetadata {
  readonly typeFunction: () => Class | undefined;
  readonly options?: { readonly discriminator?: { readonly subTypes: readonly { readonly value: Class }[] } };
}

/** class-validator exports each name as a constant. */
export const BUILT_IN_RULES: ReadonlySet<unknown> = new Set<unknown>(
  Object.values(classValidator).filter((name) => typeof name === 'string'),
);

const known = new WeakMap<Class, readonly PropertyRules[]>();

/** The properties of a class that have rules; those it inherits included. */
export function rulesOf(type: Class): readonly PropertyRules[] {
  let properties = known.get(type);
  if (!properties) {
    properties = readRules(type);
    known.set(type, properties);
  }
  return properties;
}

export function hasRules(type: unknown): type is Class {
  return typeof type === 'function' && rulesOf(type as unknown as Class).length > 0;
}

function readRules(type: Class): PropertyRules[] {
  const byProperty = new Map<string, Rule[]>();
  const all = classValidator.getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  for (const rule of all)
    byProperty.set(rule.propertyName, [...(byProperty.get(rule.propertyName) ?? []), rule]);
  return [...byProperty].map(([name, rules]) => ({
    name,
    designType: Reflect.getMetadata('design:type', type.prototype as object, name) as unknown,
    rules,
    isNested: rules.some((rule) => rule.type === classValidator.ValidationTypes.NESTED_VALIDATION),
    ...typesOf(type, name),
    conditions: rules
      .filter((rule) => rule.type === classValidator.ValidationTypes.CONDITIONAL_VALIDATION)
      .map(({ constraints }) => constraints?.[0] as Condition),
  }));
}

function typesOf(type: Class, name: string): Pick<PropertyRules, 'types' | 'fallback'> {
  const found = defaultMetadataStorage.findTypeMetadata(type, name) as unknown as TypeMetadata | undefined;
  const declared = found && declaredBy(found);
  if (!declared) return { types: [] };
  const subTypes = found.options?.discriminator?.subTypes;
  return subTypes ? { types: subTypes.map(({ value }) => value), fallback: declared } : { types: [declared] };
}

/** One that decides by the value it is given cannot be asked without. */
function declaredBy({ typeFunction }: TypeMetadata): Class | undefined {
  try {
    return typeFunction();
  } catch {
    return undefined;
  }
}

import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import * as classValidator from 'class-validator';

export type Class = (abstract new (...args: never[]) => object) & { readonly name: string };

type Condition = (object: object, value: unknown) => boolean;

/** One rule of a property, as class-validator stores it. */
export interface Rule {
  readonly type: string;
  readonly name?: string;
  /** Whether the rule applies to each element of an array instead of the array. */
  readonly each: boolean;
  /** Arguments of the decorator; undefined if it takes no arguments. */
  readonly constraints?: readonly unknown[];
  /** Error message of the application. */
  readonly message?: string | ((parameters: classValidator.ValidationArguments) => string);
  /** Class with the `validate()` of the rule. */
  readonly constraintCls?: object;
  /** Condition of the rule; it applies only if the condition holds. */
  readonly validateIf?: Condition;
  readonly groups?: readonly string[];
  readonly always?: boolean;
}

/**
 * The rules of one property of a DTO class, from decorators of class-validator and class-transformer and from its type.
 */
export interface PropertyRules {
  readonly name: string;
  /** Type that the compiler emitted; undefined if there is none. */
  readonly designType: unknown;
  readonly rules: readonly Rule[];
  readonly isNested: boolean;
  /** Classes of `@Type()`, or the sub-types of its discriminator. */
  readonly types: readonly Class[];
  /** Class for values whose discriminator names no sub-type. */
  readonly fallback?: Class;
  /** Conditions of `@ValidateIf()` and `@IsOptional()`. */
  readonly conditions: readonly Condition[];
}

interface TypeMetadata {
  readonly typeFunction: () => Class | undefined;
  readonly options?: { readonly discriminator?: { readonly subTypes: readonly { readonly value: Class }[] } };
}

/** class-validator exports the name of each rule as a constant. */
export const BUILT_IN_RULES: ReadonlySet<unknown> = new Set<unknown>(
  Object.values(classValidator).filter((name) => typeof name === 'string'),
);

const known = new WeakMap<Class, readonly PropertyRules[]>();

/** The properties of a class that have rules, including inherited ones. */
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

/** A function that depends on the value cannot be called without one. */
function declaredBy({ typeFunction }: TypeMetadata): Class | undefined {
  try {
    return typeFunction();
  } catch {
    return undefined;
  }
}

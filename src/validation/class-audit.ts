import { ValidationTypes } from 'class-validator';
import {
  BUILT_IN_RULES,
  type Class,
  hasRules,
  type PropertyRules,
  type Rule,
  rulesOf,
} from './class-rules.js';

/** A property whose value no rule checks, and the decorators that would. */
export interface UncheckedProperty {
  /** Path from the class of the body, with dots between levels. */
  path: string;
  fix: string;
}

/** Rules that do not restrict the type of a value. */
const OPEN_RULES = new Set(['isDefined', 'isNotEmpty', 'notEquals', 'isNotIn']);
/** Rules that check a container but not its elements. */
const CONTAINER_RULES = new Set([
  'isArray',
  'arrayContains',
  'arrayNotContains',
  'arrayNotEmpty',
  'arrayMinSize',
  'arrayMaxSize',
  'arrayUnique',
  'isObject',
  'isNotEmptyObject',
]);
const COLLECTIONS: readonly unknown[] = [Array, Set, Map];
const PLAIN: readonly unknown[] = [Object, String, Number, Boolean, Date, BigInt, Symbol, Promise, Function];

/** All properties of a DTO class and its nested classes that no rule checks. */
export function uncheckedProperties(type: Class): UncheckedProperty[] {
  return collect(type, '', new Set());
}

function collect(type: Class, parent: string, seen: Set<Class>): UncheckedProperty[] {
  if (seen.has(type)) return [];
  seen.add(type);
  return rulesOf(type).flatMap((property) => {
    const path = parent === '' ? property.name : `${parent}.${property.name}`;
    if (!property.isNested) {
      const fix = fixOf(property);
      return fix === undefined ? [] : [{ path, fix }];
    }
    const { types, fallback } = property;
    if (types.length === 0) return [{ path, fix: `@Type(() => ${nameOf(property.designType)})` }];
    return [...types, ...(hasRules(fallback) ? [fallback] : [])].flatMap((nested) => {
      const fix = `rules on the properties of ${nested.name}`;
      return hasRules(nested) ? collect(nested, path, seen) : [{ path, fix }];
    });
  });
}

/** @returns the decorators to add; undefined if the rules are sufficient */
function fixOf({ designType, rules, types }: PropertyRules): string | undefined {
  const declared = types[0] ?? designType;
  if (isDto(declared)) return `@ValidateNested() @Type(() => ${declared.name})`;
  const isCollection = COLLECTIONS.includes(designType);
  if (rules.some((rule) => isDecisive(rule, isCollection))) return undefined;
  if (isCollection || rules.some(({ name }) => name === 'isArray'))
    return '@IsString({ each: true }), or @ValidateNested({ each: true }) @Type(() => ItemDto)';
  const scalar = [String, Number, Boolean].find((type) => type === designType);
  if (scalar) return `@Is${scalar.name}()`;
  return '@ValidateNested() @Type(() => NestedDto), or another rule for what it may be';
}

/**
 * Whether a rule checks the whole value. Rules of the application are trusted. Rules of class-validator check single
 * values, unless `each` is set.
 */
function isDecisive({ type, name, each, validateIf }: Rule, isCollection: boolean): boolean {
  if (type !== ValidationTypes.CUSTOM_VALIDATION || validateIf) return false;
  if (OPEN_RULES.has(name ?? '') || CONTAINER_RULES.has(name ?? '')) return false;
  return !isCollection || each || !BUILT_IN_RULES.has(name);
}

function isDto(type: unknown): type is Class {
  return typeof type === 'function' && !COLLECTIONS.includes(type) && !PLAIN.includes(type) && hasRules(type);
}

function nameOf(type: unknown): string {
  return isDto(type) ? type.name : 'NestedDto';
}

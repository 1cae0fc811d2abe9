import { getMetadataStorage, IsDefined, ValidationTypes } from 'class-validator';
import type { ValidationArguments, ValidatorConstraintInterface } from 'class-validator';
import { types } from 'node:util';
import { BUILT_IN_RULES, type Class, type PropertyRules, type Rule } from '../class-rules.js';

type ConstraintClass = new () => ValidatorConstraintInterface;

export type Check = (value: unknown) => boolean;

const { CUSTOM_VALIDATION, IS_DEFINED, CONDITIONAL_VALIDATION, NESTED_VALIDATION, WHITELIST } =
  ValidationTypes;
const UNDERSTOOD = [CUSTOM_VALIDATION, IS_DEFINED, CONDITIONAL_VALIDATION, NESTED_VALIDATION, WHITELIST];

/**
 * The rules of a property as functions that call the same constraints as class-validator.
 *
 * @returns undefined if a rule belongs to the application or has conditions
 */
export function checksOf(type: Class, { name, rules }: PropertyRules): readonly Check[] | undefined {
  if (!rules.every(isUnderstood)) return undefined;
  return rules
    .filter((rule) => rule.type === CUSTOM_VALIDATION || rule.type === IS_DEFINED)
    .map((rule) => checkOf(rule, argumentsOf(type, name, rule)));
}

function isUnderstood(rule: Rule): boolean {
  if (!UNDERSTOOD.includes(rule.type) || isConditional(rule)) return false;
  if (rule.type === CONDITIONAL_VALIDATION) return rule.name === 'isOptional';
  if (rule.type !== CUSTOM_VALIDATION && rule.type !== IS_DEFINED) return true;
  return BUILT_IN_RULES.has(rule.name) && isRegistered(rule) && (rule.constraints ?? []).every(isStateless);
}

function isConditional({ validateIf, groups, always }: Rule): boolean {
  return validateIf !== undefined || always !== undefined || (groups ?? []).length > 0;
}

/**
 * Whether the rule was registered with an object that has `validate()`, as all built-in rules are. Rules with a class
 * may have dependencies.
 */
function isRegistered({ constraintCls, name }: Rule): boolean {
  if (!isConstraint(constraintCls) || sourceOf(constraintCls) !== registeredSource()) return false;
  const constraints = getMetadataStorage().getTargetValidatorConstraints(constraintCls);
  return constraints.length === 1 && constraints.every((one) => !one.async && one.name === name);
}

const isConstraint = (type: unknown): type is ConstraintClass => typeof type === 'function';

let knownSource: string | undefined;

function registeredSource(): string {
  if (knownSource === undefined) {
    class Sample {
      @IsDefined()
      readonly value: unknown;
    }
    const [rule] = getMetadataStorage().getTargetValidationMetadatas(Sample, '', false, false);
    knownSource = sourceOf(rule?.constraintCls as ConstraintClass);
  }
  return knownSource;
}

function sourceOf(constraintCls: ConstraintClass): string {
  return String(Object.getOwnPropertyDescriptor(constraintCls.prototype, 'validate')?.value);
}

/** Functions belong to the application, and sticky regular expressions keep state. */
function isStateless(constraint: unknown): boolean {
  return typeof constraint !== 'function' && !(types.isRegExp(constraint) && constraint.sticky);
}

function checkOf({ constraintCls, each }: Rule, parameters: ValidationArguments): Check {
  const constraint = new (constraintCls as ConstraintClass)();
  const holds: Check = (value) => isTrue(constraint.validate(value, parameters));
  return each ? (value) => (Array.isArray(value) ? value.every(holds) : holds(value)) : holds;
}

/** Only a rule of the application with the name of a built-in one is asynchronous; class-validator will await it. */
function isTrue(answer: boolean | Promise<boolean>): boolean {
  if (typeof answer !== 'boolean') Promise.resolve(answer).catch(() => undefined);
  return answer === true;
}

/**
 * Arguments that all messages share. Built-in rules use nothing else. A rule that reads `object` or `value` is not
 * built-in and throws here, so that class-validator decides.
 */
function argumentsOf(
  { name: targetName }: Class,
  property: string,
  { constraints }: Rule,
): ValidationArguments {
  return {
    targetName,
    property,
    constraints: constraints as unknown[],
    get object(): object {
      throw new TypeError('not a built-in rule');
    },
    get value(): unknown {
      throw new TypeError('not a built-in rule');
    },
  };
}

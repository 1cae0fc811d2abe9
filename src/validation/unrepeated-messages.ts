import { getMetadataStorage, type ValidationError, type ValidatorConstraintInterface } from 'class-validator';
import { type Class, type PropertyRules, type Rule, rulesOf } from './class-rules.js';

const VALUE = '$value';
/** A private-use character, which no message contains and no conversion changes. */
const MARK = '\ue000';
/** Replaces the value of the client to find out whether a message repeats it. */
const STAND_IN = MARK.repeat(16);
/** Replaces any object that contains the value. */
const ANY_OBJECT: object = new Proxy({ member: STAND_IN }, { get: () => STAND_IN });

/**
 * Replaces messages that repeat the value of the client, by `$value` or in a function, with a text without it.
 *
 * @param errors must contain their targets, which are needed to find the rules
 */
export function withoutRepeatedInput(errors: readonly ValidationError[]): void {
  replaceRepeating(errors, []);
}

export function withoutTargets(errors: readonly ValidationError[]): void {
  for (const error of errors) {
    delete error.target;
    withoutTargets(error.children ?? []);
  }
}

function replaceRepeating(errors: readonly ValidationError[], outer: readonly Rule[]): void {
  for (const error of errors) {
    const { target, property, constraints = {}, children = [] } = error;
    // Errors of elements of a list belong to the rules of the list.
    const rules = propertyOf(target, property)?.rules ?? outer;
    for (const rule of rules) {
      const { name, isRepeating } = ruleMessageOf(rule, property);
      if (isRepeating && Object.hasOwn(constraints, name)) constraints[name] = 'is not valid';
    }
    replaceRepeating(children, rules);
  }
}

function propertyOf(target: object | undefined, property: string): PropertyRules | undefined {
  const type = target?.constructor;
  return type && rulesOf(type as unknown as Class).find(({ name }) => name === property);
}

interface RuleMessage {
  /** Name of the constraint in errors. */
  readonly name: string;
  readonly isRepeating: boolean;
}

const ruleMessages = new WeakMap<Rule, RuleMessage>();

/** Computed once per rule: a body may break thousands of rules. */
function ruleMessageOf(rule: Rule, property: string): RuleMessage {
  let known = ruleMessages.get(rule);
  if (!known) {
    const { constraintCls, type } = rule;
    const constraint =
      constraintCls && getMetadataStorage().getTargetValidatorConstraints(constraintCls as never)[0];
    const isRepeating = repeats(rule, constraint?.instance, property);
    ruleMessages.set(rule, (known = { name: constraint?.name ?? type, isRepeating }));
  }
  return known;
}

function repeats(
  { message, constraints = [] }: Rule,
  instance: ValidatorConstraintInterface | undefined,
  property: string,
): boolean {
  if (typeof message === 'string') return message.includes(VALUE);
  const write = message ?? instance?.defaultMessage?.bind(instance);
  if (!write) return false;
  const given = { value: STAND_IN, object: ANY_OBJECT, property, targetName: '' };
  try {
    const text = write({ ...given, constraints: [...constraints] });
    return text.includes(VALUE) || text.includes(MARK);
  } catch {
    // The function needs a certain value, so it may repeat it.
    return true;
  }
}

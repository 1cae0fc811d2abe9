import { getMetadataStorage, type ValidationError, type ValidatorConstraintInterface } from 'class-validator';
import { type Class, type PropertyRules, type Rule, rulesOf } from './class-rules.js';

const VALUE = '$value';
/** For private use: no message has it, whatever is cut or converted. */
const MARK = '\ue000';
/** Stands for what the client sent, while a message is asked whether it repeats that. */
const STAND_IN = MARK.repeat(16);
/** The same of every object it may be in. */
const ANY_OBJECT: object = new Proxy({ member: STAND_IN }, { get: () => STAND_IN });

/**
 * Messages of the application may have `$value` in them, which is for whoever wrote the value: in answers they become
 * a text without it.
 *
 * @param errors with the objects they are about, which lead to the rules
 */
export function withoutRepeatedInput(errors: readonly ValidationError[]): void {
  look(errors, []);
}

export function withoutTargets(errors: readonly ValidationError[]): void {
  for (const error of errors) {
    delete error.target;
    withoutTargets(error.children ?? []);
  }
}

function look(errors: readonly ValidationError[], outer: readonly Rule[]): void {
  for (const error of errors) {
    const { target, property, constraints = {}, children = [] } = error;
    // Elements of a list have the rules of the property that holds it.
    const rules = propertyOf(target, property)?.rules ?? outer;
    for (const rule of rules) {
      const { name, isRepeating } = ruleMessageOf(rule, property);
      if (isRepeating && Object.hasOwn(constraints, name)) constraints[name] = 'is not valid';
    }
    look(children, rules);
  }
}

function propertyOf(target: object | undefined, property: string): PropertyRules | undefined {
  const type = target?.constructor;
  return type && rulesOf(type as unknown as Class).find(({ name }) => name === property);
}

interface RuleMessage {
  /** Of the constraint, in errors. */
  readonly name: string;
  readonly isRepeating: boolean;
}

const ruleMessages = new WeakMap<Rule, RuleMessage>();

/** Asked once a rule: a body may break thousands, and what stands for it is always the same. */
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
    // It expects something of the value, and so may tell it.
    return true;
  }
}

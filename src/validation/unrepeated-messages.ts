import { getMetadataStorage, type ValidationArguments, type ValidationError } from 'class-validator';
import { type Class, type PropertyRules, type Rule, rulesOf } from './class-rules.js';

const VALUE = '$value';
/** For private use: no message has it, whatever is cut or converted. */
const MARK = '\ue000';
/** Stands for what the client sent, while a message is asked whether it repeats that. */
const STAND_IN = MARK.repeat(16);

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
    for (const name of Object.keys(constraints))
      if (rules.some((rule) => nameOf(rule) === name && repeats(rule, target, property)))
        constraints[name] = 'is not valid';
    look(children, rules);
  }
}

function propertyOf(target: object | undefined, property: string): PropertyRules | undefined {
  const type = target?.constructor;
  return type && rulesOf(type as unknown as Class).find(({ name }) => name === property);
}

function nameOf(rule: Rule): string {
  return constraintOf(rule)?.name ?? rule.type;
}

function constraintOf({ constraintCls }: Rule) {
  return constraintCls && getMetadataStorage().getTargetValidatorConstraints(constraintCls as never)[0];
}

function repeats(rule: Rule, target: object | undefined, property: string): boolean {
  const { message } = rule;
  if (typeof message === 'string') return message.includes(VALUE);
  const instance = constraintOf(rule)?.instance;
  const write = message ?? instance?.defaultMessage?.bind(instance);
  if (!write) return false;
  try {
    const text = write(argumentsOf(rule, target, property));
    return text.includes(VALUE) || text.includes(MARK);
  } catch {
    // It expects something of the value, and so may tell it.
    return true;
  }
}

function argumentsOf({ constraints = [] }: Rule, target: object = {}, property: string): ValidationArguments {
  const object = Object.fromEntries(Object.keys(target).map((name) => [name, STAND_IN]));
  const targetName = target.constructor.name;
  return { value: STAND_IN, object, property, targetName, constraints: [...constraints] };
}

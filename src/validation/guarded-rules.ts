import { getMetadataStorage, ValidationTypes } from 'class-validator';
import type { ValidationArguments, ValidatorConstraintInterface } from 'class-validator';
import { noteFault } from './rule-faults.js';

const storage = getMetadataStorage();

type Rules = ReturnType<typeof storage.getTargetValidationMetadatas>;
type Rule = Rules[number];
type Constraint = ReturnType<typeof storage.getTargetValidatorConstraints>[number];
type Condition = (object: object, value: unknown) => boolean;

export const NOT_VALID = 'is not valid';

/** By class. class-validator searches the rules of all classes of the application for each object. */
const rulesOfClasses = new WeakMap<object, Rules>();
const guardedRules = new WeakMap<Rule, Rule>();
const guardedConstraints = new WeakMap<Constraint, Partial<Constraint>>();

/**
 * class-validator's storage of rules, with rules that do not throw: a rule that throws does not hold, a condition that
 * throws holds, and a message that throws is replaced. The errors are recorded.
 */
export const GUARDED_RULES = {
  hasValidationMetaData: true,

  getTargetValidationMetadatas(...args: Parameters<typeof storage.getTargetValidationMetadatas>): Rules {
    const [type, , always, strictGroups, groups] = args;
    const isUsual = !always && !strictGroups && !groups?.length;
    const known = isUsual ? rulesOfClasses.get(type) : undefined;
    if (known) return known;
    const rules = storage.getTargetValidationMetadatas(...args).map(guardedRule);
    if (isUsual) rulesOfClasses.set(type, rules);
    return rules;
  },

  getTargetValidatorConstraints(
    type: Parameters<typeof storage.getTargetValidatorConstraints>[0],
  ): unknown[] {
    return storage.getTargetValidatorConstraints(type).map(guardedConstraint);
  },

  groupByPropertyName: (rules: Rules): Record<string, Rules> => storage.groupByPropertyName(rules),
};

function guardedRule(rule: Rule): Rule {
  let guarded = guardedRules.get(rule);
  if (!guarded) guardedRules.set(rule, (guarded = withGuards(rule)));
  return guarded;
}

function withGuards(rule: Rule): Rule {
  const constraint = constraintOf(rule);
  const own: Partial<Record<keyof Rule, unknown>> = {};
  if (rule.type === ValidationTypes.CONDITIONAL_VALIDATION)
    own.constraints = [
      guardedCondition((rule.constraints as Condition[])[0] as Condition, rule.propertyName, constraint),
    ];
  if (rule.validateIf) own.validateIf = guardedCondition(rule.validateIf, rule.propertyName, constraint);
  if (typeof rule.message === 'function') own.message = guardedMessage(rule.message, constraint);
  return Object.keys(own).length === 0 ? rule : (Object.assign(Object.create(rule), own) as Rule);
}

/** Name of the constraint in errors. */
function constraintOf({ constraintCls, name, type }: Rule): string {
  return storage.getTargetValidatorConstraints(constraintCls)[0]?.name ?? name ?? type;
}

function guardedCondition(condition: Condition, property: string, constraint: string): Condition {
  return (object, value) => {
    try {
      return condition(object, value);
    } catch (error) {
      noteFault(object, { property, constraint, error });
      return true;
    }
  };
}

type Message = (args: ValidationArguments) => unknown;

function guardedMessage(message: Message, constraint: string): (args: ValidationArguments) => string {
  return (args) => {
    try {
      const text = message(args);
      return typeof text === 'string' ? text : NOT_VALID;
    } catch (error) {
      noteFault(args.object, { property: args.property, constraint, error });
      return NOT_VALID;
    }
  };
}

function guardedConstraint(constraint: Constraint): Partial<Constraint> {
  let guarded = guardedConstraints.get(constraint);
  if (!guarded) {
    const { name, async } = constraint;
    guardedConstraints.set(constraint, (guarded = { name, async, instance: guardedInstance(constraint) }));
  }
  return guarded;
}

/** Reads the instance each time, as class-validator does, because a container of the application may create it. */
function guardedInstance(constraint: Constraint): ValidatorConstraintInterface {
  const fail = ({ object, property }: ValidationArguments, error: unknown): false => {
    noteFault(object, { property, constraint: constraint.name || ValidationTypes.CUSTOM_VALIDATION, error });
    return false;
  };
  return {
    validate: (value: unknown, args: ValidationArguments) => {
      try {
        const answer = constraint.instance.validate(value, args);
        return typeof answer === 'object' && 'then' in answer
          ? Promise.resolve(answer).catch((error: unknown) => fail(args, error))
          : answer;
      } catch (error) {
        return fail(args, error);
      }
    },
    defaultMessage: guardedMessage(
      (args) => constraint.instance.defaultMessage?.(args) ?? '',
      constraint.name,
    ),
  };
}

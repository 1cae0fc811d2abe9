import { type ValidationError, Validator, type ValidatorOptions } from 'class-validator';
import { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import { GUARDED_RULES, NOT_VALID } from './guarded-rules.js';
import { markFaults, type RuleFault } from './rule-faults.js';

export interface Judgement {
  readonly errors: ValidationError[];
  /** The first rule that threw; it is also in `errors`. */
  readonly fault: RuleFault | undefined;
}

/**
 * Validates as class-validator does, but treats a rule that throws or rejects as a rule that does not hold.
 * class-validator would throw an error without a path, and an unhandled rejection of another rule could end the
 * process.
 */
export async function guardedValidation(object: object, options: ValidatorOptions): Promise<Judgement> {
  const executor = guardedExecutor(options);
  const errors: ValidationError[] = [];
  executor.execute(object, '', errors);
  await Promise.all(executor.awaitingPromises);
  const fault = markFaults(errors, NOT_VALID);
  return { errors: executor.stripEmptyErrors(errors), fault };
}

/** The names of the properties that break a rule. Rules that answer later are not asked. */
export function brokenMembers(object: object): ReadonlySet<string> {
  const executor = guardedExecutor({});
  executor.ignoreAsyncValidations = true;
  const errors: ValidationError[] = [];
  executor.execute(object, '', errors);
  return new Set(executor.stripEmptyErrors(errors).map(({ property }) => property));
}

function guardedExecutor(options: ValidatorOptions): ValidationExecutor {
  const executor = new ValidationExecutor(new Validator(), options);
  Object.assign(executor, { metadataStorage: GUARDED_RULES });
  return executor;
}

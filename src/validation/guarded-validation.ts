import { type ValidationError, Validator, type ValidatorOptions } from 'class-validator';
import { ValidationExecutor } from 'class-validator/cjs/validation/ValidationExecutor.js';
import { GUARDED_RULES, NOT_VALID } from './guarded-rules.js';
import { markFaults, type RuleFault } from './rule-faults.js';

export interface Judgement {
  readonly errors: ValidationError[];
  /** The first rule that threw; it is among the errors. */
  readonly fault: RuleFault | undefined;
}

/**
 * Validates as class-validator does, except that a rule that throws, or whose promise rejects, is a rule that does not
 * hold. There it would be an error without a place, and a promise of another rule, left alone by it, could end the
 * process.
 */
export async function guardedValidation(object: object, options: ValidatorOptions): Promise<Judgement> {
  const executor = new ValidationExecutor(new Validator(), options);
  Object.assign(executor, { metadataStorage: GUARDED_RULES });
  const errors: ValidationError[] = [];
  executor.execute(object, '', errors);
  await Promise.all(executor.awaitingPromises);
  const fault = markFaults(errors, NOT_VALID);
  return { errors: executor.stripEmptyErrors(errors), fault };
}

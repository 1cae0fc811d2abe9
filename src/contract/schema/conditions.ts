import { ValidationTypes } from 'class-validator';
import type { PropertyRules } from '../../validation/class-rules.js';

/** Whether `@ValidateIf()` decides if a property is checked, or else refused. */
export function isConditional({ rules }: PropertyRules): boolean {
  return rules.some(
    ({ type, name }) => type === ValidationTypes.CONDITIONAL_VALIDATION && name !== 'isOptional',
  );
}

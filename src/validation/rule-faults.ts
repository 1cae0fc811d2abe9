import type { ValidationError } from 'class-validator';

/** A rule that threw instead of saying whether it holds. */
export interface RuleFault {
  readonly property: string;
  readonly constraint: string;
  readonly error: unknown;
}

/** By the object whose rules were looked at, which is made anew for each message. */
const faults = new WeakMap<object, RuleFault[]>();

export function noteFault(object: object, fault: RuleFault): void {
  // For some messages class-validator has the class in its place.
  if (typeof object !== 'object') return;
  const noted = faults.get(object);
  if (noted) noted.push(fault);
  else faults.set(object, [fault]);
}

/**
 * Makes every rule that threw an error of its property.
 *
 * @param errors with the objects they are about, also those of properties without errors
 * @returns what the first of them threw
 */
export function markFaults(errors: readonly ValidationError[], message: string): RuleFault | undefined {
  let first: RuleFault | undefined;
  for (const { target, property, constraints, children } of errors) {
    for (const fault of (target && faults.get(target)) ?? []) {
      if (fault.property !== property || !constraints) continue;
      constraints[fault.constraint] = message;
      first ??= fault;
    }
    first = markFaults(children ?? [], message) ?? first;
  }
  return first;
}

import type { ValidationError } from 'class-validator';

/** A rule that threw an error. */
export interface RuleFault {
  readonly property: string;
  readonly constraint: string;
  readonly error: unknown;
}

/** Faults by the validated object, which is created for each message. */
const faults = new WeakMap<object, RuleFault[]>();

export function noteFault(object: object, fault: RuleFault): void {
  // For some messages, class-validator passes the class instead of the object.
  if (typeof object !== 'object') return;
  const noted = faults.get(object);
  if (noted) noted.push(fault);
  else faults.set(object, [fault]);
}

/**
 * Adds an error to the property of each rule that threw.
 *
 * @param errors must contain their targets, also for properties without errors
 * @returns the first fault
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

import type { ValidationError } from 'class-validator';
import type { FieldError } from '../protocol/envelope.js';

const MAX_ERRORS = 32;
const MAX_PATH = 64;
const UNSAFE = /[^\p{L}\p{N}_.$-]/gu;

/** class-validator's tree of errors as a flat list of paths; never carries the values that were refused. */
export function fieldErrorsOf(errors: readonly ValidationError[]): FieldError[] {
  const found: FieldError[] = [];
  collect(errors, '', found);
  return found;
}

function collect(errors: readonly ValidationError[], parent: string, found: FieldError[]): void {
  for (const error of errors) {
    const path = parent === '' ? error.property : `${parent}.${error.property}`;
    for (const [constraint, message] of Object.entries(error.constraints ?? {})) {
      if (found.length === MAX_ERRORS) return;
      found.push(fieldErrorOf(path, constraint, message));
    }
    collect(error.children ?? [], path, found);
  }
}

function fieldErrorOf(path: string, constraint: string, message: string): FieldError {
  // The name of an unknown property is the client's own input: reported, but only what is harmless of it.
  if (constraint === 'whitelistValidation') {
    return { path: printable(path), constraint: 'unknown', message: 'unknown property' };
  }
  return { path, constraint, message };
}

function printable(path: string): string {
  return path.replace(UNSAFE, '').slice(0, MAX_PATH);
}

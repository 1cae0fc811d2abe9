import type { ValidationError } from 'class-validator';
import type { FieldError } from '../protocol/envelope.js';

const MAX_ERRORS = 32;
const MAX_PATH = 64;
const UNSAFE = /[^\p{L}\p{N}_.$-]/gu;

/** class-validator's tree of errors as a flat list of paths; never carries the values that were refused. */
export function fieldErrorsOf(errors: readonly ValidationError[]): FieldError[] {
  const found: FieldError[] = [];
  collect(errors, '', found);
  return harmless(found);
}

/** As many errors as a client can use. Of paths, which may be the client's own input, only what is harmless. */
export function harmless(errors: readonly FieldError[]): FieldError[] {
  return errors
    .slice(0, MAX_ERRORS)
    .map((error) => ({ ...error, path: error.path.replace(UNSAFE, '').slice(0, MAX_PATH) }));
}

function collect(errors: readonly ValidationError[], parent: string, found: FieldError[]): void {
  for (const error of errors) {
    const path = parent === '' ? error.property : `${parent}.${error.property}`;
    for (const [constraint, message] of Object.entries(error.constraints ?? {})) {
      if (found.length === MAX_ERRORS) return;
      found.push(
        constraint === 'whitelistValidation' ? unknownProperty(path) : { path, constraint, message },
      );
    }
    collect(error.children ?? [], path, found);
  }
}

export function unknownProperty(path: string): FieldError {
  return { path, constraint: 'unknown', message: 'unknown property' };
}

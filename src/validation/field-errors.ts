import type { ValidationError } from 'class-validator';
import type { FieldError } from '../protocol/envelope.js';

const MAX_ERRORS = 32;
const MAX_PATH = 64;
/** A name may be as long as a message, and stand in the path of every error: no more of it is looked at. */
const LONGEST_LOOK = 1024;
const UNSAFE = /[^\p{L}\p{N}_.$-]/gu;

/** class-validator's tree of errors as a flat list of paths; never carries the values that were refused. */
export function fieldErrorsOf(errors: readonly ValidationError[]): FieldError[] {
  const found: FieldError[] = [];
  collect(errors, '', found);
  return harmless(found);
}

/** As many errors as a client can use. Of paths, which may be the client's own input, only what is harmless. */
export function harmless(errors: readonly FieldError[]): FieldError[] {
  return errors.slice(0, MAX_ERRORS).map((error) => ({ ...error, path: harmlessPath(error.path) }));
}

function harmlessPath(path: string): string {
  const safe = path.slice(0, LONGEST_LOOK).replace(UNSAFE, '');
  // The cut may have left half a character.
  return safe.slice(0, MAX_PATH).replace(UNSAFE, '');
}

function collect(errors: readonly ValidationError[], parent: string, found: FieldError[]): void {
  for (const error of errors) {
    const path = pathOf(error, parent);
    for (const [constraint, message] of Object.entries(error.constraints ?? {})) {
      if (found.length === MAX_ERRORS) return;
      found.push(
        constraint === 'whitelistValidation' ? unknownProperty(path) : { path, constraint, message },
      );
    }
    collect(error.children ?? [], path, found);
  }
}

/** An object of no class that has rules is an error without a property: the object itself is meant. */
function pathOf({ property }: { property?: string }, parent: string): string {
  if (property === undefined) return parent;
  return parent === '' ? property : `${parent}.${property}`;
}

export function unknownProperty(path: string): FieldError {
  return { path, constraint: 'unknown', message: 'unknown property' };
}

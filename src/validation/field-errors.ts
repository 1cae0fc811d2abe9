import type { ValidationError } from 'class-validator';
import type { FieldError } from '../protocol/envelope.js';

const MAX_ERRORS = 32;
const MAX_PATH = 64;
/** Longest part of a path that is inspected: a name may be as long as a message and occur in each path. */
const LONGEST_LOOK = 1024;
const UNSAFE = /[^\p{L}\p{N}_.$-]/gu;

/** Flattens class-validator's tree of errors to a list of paths. Never contains refused values. */
export function fieldErrorsOf(errors: readonly ValidationError[]): FieldError[] {
  const found: FieldError[] = [];
  collect(errors, '', found);
  return harmless(found);
}

/** Limits the number of errors, and removes unsafe characters from paths, which may contain input of the client. */
export function harmless(errors: readonly FieldError[]): FieldError[] {
  return errors.slice(0, MAX_ERRORS).map((error) => ({ ...error, path: harmlessPath(error.path) }));
}

function harmlessPath(path: string): string {
  const safe = path.slice(0, LONGEST_LOOK).replace(UNSAFE, '');
  // The cut may have split a surrogate pair.
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

/** An error about the object itself has no property. */
function pathOf({ property }: { property?: string }, parent: string): string {
  if (property === undefined) return parent;
  return parent === '' ? property : `${parent}.${property}`;
}

export function unknownProperty(path: string): FieldError {
  return { path, constraint: 'unknown', message: 'unknown property' };
}

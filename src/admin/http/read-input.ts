import { z } from 'zod';
import { NOTE } from './inputs.js';
import { OperatorError } from './operator.error.js';

const MOST_PROBLEMS = 5;

/**
 * Reads a query or a body.
 *
 * @throws OperatorError with the names of the wrong members, and without their values
 */
export function readInput<T>(value: unknown, shape: z.ZodType<T>): T {
  const read = shape.safeParse(value ?? {});
  if (read.success) return read.data;
  const problems = read.error.issues.slice(0, MOST_PROBLEMS).map(({ code, path, message }) => {
    // The message would repeat the names.
    if (code === 'unrecognized_keys') return 'unknown members';
    const name = path.join('.');
    return name === '' ? message : `${name}: ${message}`;
  });
  throw new OperatorError('BAD_REQUEST', problems.join('; '));
}

const NOTED = z.looseObject({ note: NOTE });

/** As {@link readInput}, for a body with a note, which is missed first. */
export function readNoted<T>(value: unknown, shape: z.ZodType<T>): T {
  readInput(value, NOTED);
  return readInput(value, shape);
}

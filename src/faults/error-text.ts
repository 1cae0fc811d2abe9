import { framesIn } from './stack-frames.js';
import { writtenOut } from './written-out.js';

const MAX_NAME = 64;
const MAX_MESSAGE = 1024;
/** The name of what throws when it is asked for one. */
const UNKNOWN = 'unknown';

/** The name of an error, whatever was thrown. Its stack is not read: to write that takes longer than all else. */
export function errorNameOf(error: unknown): string {
  try {
    return error instanceof Error ? writtenOut(error.name, MAX_NAME) : typeof error;
  } catch {
    return UNKNOWN;
  }
}

/**
 * The message of what was thrown; empty without one. It may be of any type, also that of an error: a subclass that
 * declares `message` again makes it undefined.
 */
export function errorMessageOf(error: unknown): string {
  try {
    const message: unknown = error instanceof Error ? error.message : error;
    return typeof message === 'string' ? message : '';
  } catch {
    // A thrown value may be anything, for example a proxy that throws when its properties are read.
    return '';
  }
}

/** Name and message on one line, which input of clients in the message cannot break. */
export function errorTitleOf(error: unknown): string {
  const [name, message] = [errorNameOf(error), errorMessageOf(error)];
  return message === '' ? name : `${name}: ${writtenOut(message, MAX_MESSAGE)}`;
}

/** The lines of the stack, each after a line feed, without name and message; empty if there are none. */
export function errorFramesOf(error: unknown): string {
  try {
    return error instanceof Error ? framesIn(error) : '';
  } catch {
    return '';
  }
}

import { ValidationFailedException } from '../../src/errors/ws-exceptions.js';
import type { Class } from '../../src/validation/class-rules.js';
import { accepted } from '../../src/validation/compiled/accepted.js';
import { WsValidationPipe } from '../../src/validation/ws-validation.pipe.js';

/** Validates by class-validator only, because compiled rules are never used for a subclass of the pipe. */
class SlowPipe extends WsValidationPipe {}

const slow = new SlowPipe();

/** @returns the instance, or undefined when it was refused */
async function validatedSlowly(value: unknown, type: Class): Promise<unknown> {
  try {
    return await slow.transform(value, { type: 'body', metatype: type as never });
  } catch (error) {
    if (error instanceof ValidationFailedException) return undefined;
    throw error;
  }
}

/**
 * Validates a value with the compiled rules and with class-validator, and compares the results. Each gets its own copy.
 *
 * @throws Error when the compiled rules accept what class-validator refuses, or return a different object
 */
export async function compareValidation(
  type: Class,
  make: () => unknown,
): Promise<'accepted' | 'left to class-validator' | 'refused'> {
  const fast = accepted(make(), type);
  const body = await validatedSlowly(make(), type);
  if (fast === undefined) return body === undefined ? 'refused' : 'left to class-validator';
  const differences = differencesOf(fast, body, 'body');
  if (differences.length > 0) throw new Error(`accepted otherwise: ${differences.join()}`);
  return 'accepted';
}

/** Compares prototypes, members and their order, property flags, and values including the sign of zero. */
export function differencesOf(one: unknown, other: unknown, path: string): string[] {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null)
    return Object.is(one, other) ? [] : [path];
  if (one === other || Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return [`${path} itself`];
  const names = Reflect.ownKeys(one);
  if (names.join() !== Reflect.ownKeys(other).join()) return [`names of ${path}`];
  return names.flatMap((name) => {
    const [a, b] = [one, other].map((object) => Object.getOwnPropertyDescriptor(object, name));
    const flags = [a, b].map((found) => JSON.stringify({ ...found, value: undefined }));
    const here = `${path}.${String(name)}`;
    return flags[0] === flags[1] ? differencesOf(a?.value, b?.value, here) : [here];
  });
}

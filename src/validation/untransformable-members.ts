import { type ClassTransformOptions, plainToInstance } from 'class-transformer';
import type { FieldError } from '../protocol/envelope.js';
import { type Class, rulesOf } from './class-rules.js';
import { unreadable } from './unreadable-members.js';

/**
 * Members that cannot be made what they are declared: class-transformer, `@Transform()` and setters meet values of any
 * kind before a rule does, and throw at some of them; so do getters, when a rule asks for their value.
 *
 * @param outer what the value itself is called
 */
export function untransformable(
  type: Class,
  value: unknown,
  options: ClassTransformOptions | undefined,
  outer = 'body',
): FieldError[] {
  const throws = (given: unknown): boolean => {
    try {
      plainToInstance(type as unknown as new () => object, given, options);
      return false;
    } catch {
      return true;
    }
  };
  if (!isConstructible(type)) return [];
  if (!throws(value)) return unreadable(plainToInstance(type as unknown as new () => object, value, options));
  const members = rulesOf(type).filter(
    ({ name }) => hasMember(value, name) && throws({ [name]: value[name] }),
  );
  const paths = members.length > 0 ? members.map(({ name }) => name) : [outer];
  return paths.map((path) => ({
    path,
    constraint: 'transform',
    message: 'cannot be made what is declared',
  }));
}

/** Otherwise it is not the client who is wrong. */
function isConstructible(type: Class): boolean {
  try {
    return Boolean(new (type as unknown as new () => object)());
  } catch {
    return false;
  }
}

function hasMember(value: unknown, name: string): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}

import { type ClassTransformOptions, plainToInstance } from 'class-transformer';
import type { FieldError } from '../protocol/envelope.js';
import { type Class, rulesOf } from './class-rules.js';
import { unreadable } from './unreadable-members.js';

/**
 * Members that cannot be transformed to their declared type. class-transformer, `@Transform()` and setters get values
 * before they are validated, and may throw; getters may throw when a rule reads them.
 *
 * @param outer the path of the value itself
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
    message: 'cannot be converted to the declared type',
  }));
}

/** If the class cannot be constructed, the error is not the fault of the client. */
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

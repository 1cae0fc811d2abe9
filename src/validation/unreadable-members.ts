import type { FieldError } from '../protocol/envelope.js';
import { type Class, rulesOf } from './class-rules.js';

/** Members whose getters throw for the data of the client. */
export function unreadable(made: unknown, path = ''): FieldError[] {
  if (Array.isArray(made)) return made.flatMap((item, at) => unreadable(item, join(path, String(at))));
  if (typeof made !== 'object' || made === null || typeof made.constructor !== 'function') return [];
  return rulesOf(made.constructor as unknown as Class).flatMap(({ name }) => {
    const here = join(path, name);
    let member: unknown;
    try {
      member = (made as Record<string, unknown>)[name];
    } catch {
      return [{ path: here, constraint: 'getter', message: 'is not valid' }];
    }
    return unreadable(member, here);
  });
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);

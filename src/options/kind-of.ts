import { types } from 'node:util';

/** Describes the kind of a value, for messages that must not contain the value. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Buffer.isBuffer(value)) return "a Buffer (take its toString('base64'), or read the file as text)";
  if (Array.isArray(value)) return 'a list';
  if (types.isPromise(value)) return 'a promise (await it)';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

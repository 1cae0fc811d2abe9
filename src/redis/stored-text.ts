import { z } from 'zod';
import { MalformedEntryError } from './malformed-entry.error.js';

/**
 * Reads JSON that a node wrote. Fields that only a later version knows are dropped, where the shape does not keep them.
 *
 * @param what such as `a session`
 * @throws MalformedEntryError for anything else
 */
export function readStored<T>(text: string, shape: z.ZodType<T>, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The error would repeat a part of the text.
    throw new MalformedEntryError(what);
  }
  const read = shape.safeParse(value);
  if (!read.success) throw new MalformedEntryError(what);
  return read.data;
}

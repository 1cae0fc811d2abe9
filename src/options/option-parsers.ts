import { accessSync, constants } from 'node:fs';
import { z } from 'zod';
import { kindOf } from './kind-of.js';

const INTEGER = /^\d{1,15}$/;

/** A message with the kind of the wrong value. The value itself may be a secret. */
export function instead(message: string): z.core.$ZodErrorMap {
  return ({ input }) => `${message}, not ${kindOf(input)}`;
}

/** A string, which can have further rules. @param message the requirement */
export function stringOf(message: string): z.ZodString {
  return z.string({ error: instead(message) });
}

/** A name that events and metrics show. */
export function shownName() {
  const message = 'must have 1 to 128 letters, digits and . _ : / @ -';
  return stringOf(message).regex(/^[\w.:/@-]{1,128}$/, { error: message });
}

/** An integer, as a number or in decimal digits. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const message =
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${min}`
      : `must be a whole number from ${min} to ${max}`;
  return z
    .union([z.number(), z.string().regex(INTEGER).transform(Number)], { error: message })
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, { error: message });
}

/** Exactly `true` or `false`. */
export function flag() {
  return z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
    error: 'must be true or false',
  });
}

/** A list, or a string with commas between the entries. */
export function list<T extends string>(item: z.ZodType<T, string>) {
  const message = 'must be a list of strings, or a string with commas between them';
  return z
    .union(
      [
        z.array(z.string()),
        z.string().transform((text) =>
          text
            .split(',')
            .map((entry) => entry.trim())
            .filter((entry) => entry !== ''),
        ),
      ],
      { error: ({ input }) => (Array.isArray(input) ? message : `${message}, not ${kindOf(input)}`) },
    )
    .pipe(z.array(item));
}

/** A list with at least one entry. */
export function someOf<T extends string>(item: z.ZodType<T, string>) {
  return list(item).refine((entries) => entries.length > 0, { error: 'must not be empty' });
}

/** A string of at least `min` bytes in UTF-8. */
export function bytes(min: number, message: string) {
  return stringOf('must be a string').refine((value) => Buffer.byteLength(value) >= min, { error: message });
}

export function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

/** An absolute http(s) URL without credentials and fragment. */
export function httpUrl() {
  const message = 'must be a URL such as https://id.example.com, without user or fragment';
  return stringOf(message).refine(isHttpUrl, { error: message });
}

function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s#]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** The path of a readable file. */
export function filePath() {
  const message = 'must name a file that can be read';
  return stringOf(message).refine(isReadable, { error: message });
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

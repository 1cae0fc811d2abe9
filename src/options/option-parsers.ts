import { accessSync, constants } from 'node:fs';
import { z } from 'zod';
import { kindOf } from './kind-of.js';

const INTEGER = /^\d{1,15}$/;

/** Says that a value is of the wrong kind, and of which; the value itself may be a secret. */
export function instead(message: string): z.core.$ZodErrorMap {
  return ({ input }) => `${message}, not ${kindOf(input)}`;
}

/** A text, whose rules say what it may be. @param message what it must be */
export function stringOf(message: string): z.ZodString {
  return z.string({ error: instead(message) });
}

/** An integer given as a number or, from the environment, in decimal digits. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER) {
  const message =
    max === Number.MAX_SAFE_INTEGER
      ? `must be a whole number of at least ${min}`
      : `must be a whole number from ${min} to ${max}`;
  return z
    .union([z.number(), z.string().regex(INTEGER).transform(Number)], { error: message })
    .refine((value) => Number.isSafeInteger(value) && value >= min && value <= max, { error: message });
}

/** `true` or `false`, nothing that merely looks like it. */
export function flag() {
  return z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')], {
    error: 'must be true or false',
  });
}

/** A list, from the environment separated by commas. */
export function list<T extends string>(item: z.ZodType<T, string>) {
  const message = 'must be a list of strings, or a text with commas between them';
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

/** A text that is not shorter than so many bytes in UTF-8. */
export function bytes(min: number, message: string) {
  return stringOf('must be a string').refine((value) => Buffer.byteLength(value) >= min, { error: message });
}

export function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

/** An absolute http(s) URL that carries neither credentials nor a fragment. */
export function httpUrl() {
  const message = 'must be a URL such as https://id.example.com, without user or fragment';
  return stringOf(message).refine(isHttpUrl, { error: message });
}

function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s#]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** A file that can be read when the application starts. */
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

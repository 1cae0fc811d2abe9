import { accessSync, constants } from 'node:fs';
import { z } from 'zod';

const INTEGER = /^\d{1,15}$/;

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
      { error: 'must be a comma-separated list' },
    )
    .pipe(z.array(item));
}

export function bytes(min: number, message: string) {
  return z.string({ error: message }).refine((value) => Buffer.byteLength(value) >= min, { error: message });
}

export function choice<const T extends readonly [string, ...string[]]>(...values: T) {
  return z.enum(values, { error: `must be one of ${values.join(', ')}` });
}

/** An absolute http(s) URL that carries neither credentials nor a fragment. */
export function httpUrl() {
  return z
    .string()
    .refine(isHttpUrl, { error: 'must be a URL such as https://id.example.com, without user or fragment' });
}

function isHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s#]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** A file that can be read when the application starts. */
export function filePath() {
  return z.string().refine(isReadable, { error: 'must name a file that can be read' });
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

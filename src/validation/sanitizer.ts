import { Transform } from 'class-transformer';

/** A property decorator that rewrites strings, also those in a list, before the rules of the DTO look at them. */
export function sanitizer(sanitize: (text: string) => string): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) => rewrite(value, sanitize), { toClassOnly: true });
}

function rewrite(value: unknown, sanitize: (text: string) => string): unknown {
  if (typeof value === 'string') return sanitize(value);
  return Array.isArray(value)
    ? value.map((item) => (typeof item === 'string' ? sanitize(item) : item))
    : value;
}

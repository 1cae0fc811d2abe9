import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { stringOf } from './option-parsers.js';

/** An API key, as in the file of keys. The key itself is stored nowhere. */
export interface ApiKey {
  readonly id: string;
  /** SHA-256 of the key in lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
}

const names = z.array(z.string().min(1), { error: 'must be a list of strings' });

const entry = z.strictObject(
  {
    id: z.string({ error: 'must be a string' }).min(1, 'must not be empty'),
    sha256: z
      .string({ error: 'must be a string' })
      .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal digits')
      .transform((hash) => hash.toLowerCase()),
    roles: names,
    scopes: names,
    expiresAt: z
      .union([z.iso.datetime({ offset: true }), z.iso.date()], { error: 'must be an ISO 8601 date' })
      .transform((date) => Date.parse(date))
      .optional(),
  },
  {
    error: (issue) => (issue.code === 'unrecognized_keys' ? 'has unknown properties' : 'must be an object'),
  },
);

const list = z.array(entry, { error: 'must be a list' });

/**
 * Reads the keys of a file.
 *
 * @throws Error that describes the problem without quoting the file
 */
export function readApiKeys(file: string): ApiKey[] {
  const parsed = list.safeParse(parse(readFileSync(file, 'utf8')));
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
    throw new Error(path.length === 0 ? message : `entry ${Number(path[0]) + 1}: ${textOf(path)}${message}`);
  }
  for (const member of ['id', 'sha256'] as const) {
    if (new Set(parsed.data.map((key) => key[member])).size < parsed.data.length)
      throw new Error(`two entries have the same ${member}`);
  }
  return parsed.data;
}

/** The path of a valid file of API keys. */
export function apiKeysPath() {
  return stringOf('must name a file with a JSON list of keys').superRefine((file, context) => {
    try {
      readApiKeys(file);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: `must name a file with a JSON list of { id, sha256, roles, scopes, expiresAt? }: ${reasonOf(error)}`,
      });
    }
  });
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === undefined ? message : `it cannot be read (${code})`;
}

/** The parser's own message would quote the text. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not valid JSON');
  }
}

function textOf(path: readonly PropertyKey[]): string {
  return path.length > 1 ? `${String(path[1])} ` : '';
}

import type { FieldError } from '../protocol/envelope.js';
import { unknownProperty } from './field-errors.js';

/** What a Standard Schema says is wrong; `code` is zod's, `type` valibot's. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly keys?: unknown;
}

const NAME = /^[a-z_]{1,32}$/i;

/** Libraries put what they were given into their messages, so only where and which rule is told. */
export function errorsOfIssue(issue: SchemaIssue): FieldError[] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  if (issue.code === 'unrecognized_keys' && Array.isArray(issue.keys))
    return issue.keys.map((key) => unknownProperty([...path, String(key)].join('.')));
  const rule = [issue.code, issue.type].find((name) => typeof name === 'string' && NAME.test(name));
  return [
    { path: path.join('.'), constraint: (rule as string | undefined) ?? 'schema', message: 'is not valid' },
  ];
}

import type { FieldError } from '../protocol/envelope.js';
import { unknownProperty } from './field-errors.js';

/** An issue of a Standard Schema; `code` is set by zod, `type` by valibot. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly keys?: unknown;
}

const NAME = /^[a-z_]{1,32}$/i;

/** Messages of libraries may contain the input, so only the path and the name of the rule are used. */
export function errorsOfIssue(issue: SchemaIssue): FieldError[] {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  if (issue.code === 'unrecognized_keys' && Array.isArray(issue.keys))
    return issue.keys.map((key) => unknownProperty([...path, String(key)].join('.')));
  const rule = [issue.code, issue.type].find((name) => typeof name === 'string' && NAME.test(name));
  return [
    { path: path.join('.'), constraint: (rule as string | undefined) ?? 'schema', message: 'is not valid' },
  ];
}

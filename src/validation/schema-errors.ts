import type { SchemaIssue } from '../nest/parameter-schema.js';
import type { FieldError } from '../protocol/envelope.js';
import { unknownProperty } from './field-errors.js';

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

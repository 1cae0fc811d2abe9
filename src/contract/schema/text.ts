import { type CharacterKind, refusedCharacters } from '../../validation/characters.js';
import { combined } from './combined.js';
import type { JsonSchema } from './json-schema.js';

/** Adds that text has no refused characters, wherever a schema allows text that it does not list. */
export function withoutRefused(schema: JsonSchema, allowed: readonly CharacterKind[]): JsonSchema {
  const refused = refusedCharacters(allowed);
  if (!refused || !isOpenText(schema)) return schema;
  return combined([schema, { pattern: `^[^${refused.source.slice(1, -1)}]*$` }]);
}

function isOpenText({ type, ...others }: JsonSchema): boolean {
  if (['enum', 'const', 'anyOf', 'oneOf', '$ref'].some((keyword) => keyword in others)) return false;
  return type === undefined || type === 'string' || (Array.isArray(type) && type.includes('string'));
}

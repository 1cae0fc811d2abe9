import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import type { Class, PropertyRules } from '../../validation/class-rules.js';
import { isSanitization, stagesOf } from '../../validation/sanitizer.js';

/** What happens to the value of a property before its rules are checked. */
export interface Conversions {
  /** The steps of the sanitizers, in their order. Rules hold for the text after them. */
  readonly sanitized?: readonly string[];
  /** Whether the application has a `@Transform()`, which may accept any value. */
  readonly transformed?: true;
  /** The class of `@Type()` for a value that is not an object. */
  readonly converted?: string;
}

export function conversionsOf(type: Class, { name, isNested, types }: PropertyRules): Conversions {
  const stages = stagesOf(type.prototype as object, name);
  const isTransformed = storage
    .findTransformMetadatas(type, name, TransformationType.PLAIN_TO_CLASS)
    .some(({ transformFn }) => !isSanitization(transformFn));
  return {
    ...(stages.length > 0 && { sanitized: stages }),
    ...(isTransformed && { transformed: true }),
    ...(!isNested && types[0] && { converted: types[0].name }),
  };
}

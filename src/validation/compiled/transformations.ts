import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import { type Class, hasRules, type PropertyRules } from '../class-rules.js';
import { sanitizationOf } from '../sanitizer.js';

export type Sanitization = (value: unknown) => unknown;

/** Class that `@Type()` returns for a property; it is called for each value. */
export interface NestedType {
  readonly type: Class;
  readonly isUnchanged: () => boolean;
}

/** Whether no member is renamed or dropped by `@Expose()` or `@Exclude()`. */
export function isExposedAsItIs(type: Class): boolean {
  return (
    storage.getStrategy(type) === 'none' &&
    storage.getExposedMetadatas(type).length === 0 &&
    storage.getExcludedMetadatas(type).length === 0
  );
}

/** @returns undefined if a transformation is not a sanitizer, or is a costly one */
export function sanitizationsOf(type: Class, name: string): readonly Sanitization[] | undefined {
  const found = storage
    .findTransformMetadatas(type, name, TransformationType.PLAIN_TO_CLASS)
    .map(({ transformFn }) => sanitizationOf(transformFn));
  return found.every((sanitization) => sanitization !== undefined) ? found : undefined;
}

export function hasType(type: Class, name: string): boolean {
  return storage.findTypeMetadata(type, name) !== undefined;
}

const NO_PARAMETERS = /^\(\s*\)\s*=>/;

/** @returns undefined unless the class is the same for every value */
export function nestedTypeOf(type: Class, { name, designType }: PropertyRules): NestedType | undefined {
  const found = storage.findTypeMetadata(type, name);
  if (!found || found.reflectedType !== designType || found.options?.discriminator) return undefined;
  const typeOf = found.typeFunction as () => unknown;
  if (!NO_PARAMETERS.test(String(typeOf))) return undefined;
  const nested = typeOf();
  return hasRules(nested) ? { type: nested, isUnchanged: () => typeOf() === nested } : undefined;
}

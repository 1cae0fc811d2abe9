import { TransformationType } from 'class-transformer';
import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import { type Class, hasRules, type PropertyRules } from '../class-rules.js';
import { sanitizationOf } from '../sanitizer.js';

export type Sanitization = (value: unknown) => unknown;

/** What `@Type()` says of a property, each time it is asked. */
export interface NestedType {
  readonly type: Class;
  readonly isUnchanged: () => boolean;
}

/** No member is renamed or left out by `@Expose()` or `@Exclude()`. */
export function isExposedAsItIs(type: Class): boolean {
  return (
    storage.getStrategy(type) === 'none' &&
    storage.getExposedMetadatas(type).length === 0 &&
    storage.getExcludedMetadatas(type).length === 0
  );
}

/** @returns undefined when a transformation is no sanitizer, or a costly one */
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

/** @returns undefined unless it is one class, whatever the value */
export function nestedTypeOf(type: Class, { name, designType }: PropertyRules): NestedType | undefined {
  const found = storage.findTypeMetadata(type, name);
  if (!found || found.reflectedType !== designType || found.options?.discriminator) return undefined;
  const typeOf = found.typeFunction as () => unknown;
  if (!NO_PARAMETERS.test(String(typeOf))) return undefined;
  const nested = typeOf();
  return hasRules(nested) ? { type: nested, isUnchanged: () => typeOf() === nested } : undefined;
}

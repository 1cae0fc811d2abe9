import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import type { Class } from '../../validation/class-rules.js';

/**
 * The name under which clients send a property, which `@Expose()` may change.
 *
 * @returns undefined if what is sent is dropped: by `@Exclude()`, or because the property is computed
 */
export function wireNameOf(type: Class, property: string): string | undefined {
  if (isComputed(type, property)) return undefined;
  const exposed = storage.findExposeMetadata(type, property);
  const excluded = storage.findExcludeMetadata(type, property);
  if (excluded && excluded.options?.toPlainOnly !== true) return undefined;
  const isExposed = exposed !== undefined && exposed.options?.toPlainOnly !== true;
  if (!isExposed) return storage.getStrategy(type) === 'excludeAll' ? undefined : property;
  return exposed.options?.name ?? property;
}

/** Whether a property has a getter, and no setter. */
function isComputed(type: Class, property: string): boolean {
  for (let owner: unknown = type.prototype; owner; owner = Object.getPrototypeOf(owner)) {
    const found = Object.getOwnPropertyDescriptor(owner, property);
    if (found) return found.get !== undefined && found.set === undefined;
  }
  return false;
}

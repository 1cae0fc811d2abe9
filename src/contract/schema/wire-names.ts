import { defaultMetadataStorage as storage } from 'class-transformer/cjs/storage.js';
import type { Class } from '../../validation/class-rules.js';

/**
 * The name under which clients send a property, which `@Expose()` may change.
 *
 * @returns undefined if `@Exclude()` drops what is sent
 */
export function wireNameOf(type: Class, property: string): string | undefined {
  const exposed = storage.findExposeMetadata(type, property);
  const excluded = storage.findExcludeMetadata(type, property);
  if (excluded && excluded.options?.toPlainOnly !== true) return undefined;
  const isExposed = exposed !== undefined && exposed.options?.toPlainOnly !== true;
  if (!isExposed) return storage.getStrategy(type) === 'excludeAll' ? undefined : property;
  return exposed.options?.name ?? property;
}

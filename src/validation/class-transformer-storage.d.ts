/** class-transformer does not export the storage of `@Type()` from its entry point. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}

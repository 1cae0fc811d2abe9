/** What `@Type()` says is kept where no entry point of class-transformer leads. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}

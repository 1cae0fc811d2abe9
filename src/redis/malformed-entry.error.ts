/**
 * What was read from Redis is not what this version writes. The message says what it was to be, and repeats nothing of
 * it.
 */
export class MalformedEntryError extends Error {
  override readonly name = 'MalformedEntryError';

  /** @param what such as `a session` */
  constructor(what: string, options?: ErrorOptions) {
    super(`Redis has something that cannot be read as ${what}; it is skipped`, options);
  }
}

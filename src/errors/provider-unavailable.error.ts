/**
 * A provider of keys or tokens does not answer, or answers incorrectly, so a credential can be neither accepted nor
 * refused.
 *
 * @publicApi
 */
export class ProviderUnavailableError extends Error {
  override readonly name = 'ProviderUnavailableError';
}

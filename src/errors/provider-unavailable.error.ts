/**
 * Whoever knows about credentials does not answer, or not as it should: whether one is valid cannot be told.
 *
 * @publicApi
 */
export class ProviderUnavailableError extends Error {
  override readonly name = 'ProviderUnavailableError';
}

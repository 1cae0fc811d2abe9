import { WsConfigurationError } from '../errors/configuration.error.js';

/**
 * What a gateway gets from `WsSecurityModule`. Nest itself would only name a class that no user knows.
 *
 * @throws WsConfigurationError if the application, or the module of a test, does not import it
 */
export function fromModule<T>(provider: T | undefined): T {
  if (provider !== undefined) return provider;
  const message =
    'is not imported, and a gateway has @SecureGateway(): add WsSecurityModule.forRoot() to the imports of the application, or of the module of a test';
  throw new WsConfigurationError([{ name: 'WsSecurityModule', message }]);
}

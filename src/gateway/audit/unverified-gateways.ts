import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { OPTIONS, type ResolvedOptions } from '../../options/options.schema.js';
import { VERIFIERS, verifierNeeds } from '../../options/verifier-rules.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';

const ALTERNATIVES = VERIFIERS.filter((name) => name !== 'jwtSecret')
  .map((name) => OPTIONS[name].variable)
  .join(', ');

/**
 * Reports gateways that need credentials without a verifier, and other options that a verifier needs in production.
 *
 * @param hasVerifier whether a verifier is configured or provided
 */
export function unverifiedProblems(
  gateways: readonly DiscoveredGateway[],
  options: ResolvedOptions,
  hasVerifier: boolean,
): ConfigurationProblem[] {
  if (hasVerifier || options.authSources.every((source) => source === 'ticket')) return [];
  const closed = gateways.filter((gateway) => gateway.options && gateway.options.public !== true);
  if (closed.length === 0) return [];
  const names = closed.map(({ name }) => name).join(' and ');
  const message =
    `is required, because ${names} ${closed.length === 1 ? 'is' : 'are'} not public: set a secret of at least 32 bytes, ` +
    `or one of ${ALTERNATIVES}, or provide a TokenVerifier`;
  return [
    { name: OPTIONS.jwtSecret.variable, message },
    ...(options.production ? verifierNeeds(options) : []),
  ];
}

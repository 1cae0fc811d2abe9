import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { OPTIONS, type ResolvedOptions } from '../../options/options.schema.js';
import { VERIFIERS, verifierNeeds } from '../../options/verifier-rules.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';

const ALTERNATIVES = VERIFIERS.filter((name) => name !== 'jwtSecret')
  .map((name) => OPTIONS[name].variable)
  .join(', ');

/**
 * Gateways that need credentials which nobody could verify, and what a verifier will need in production as well.
 *
 * @param hasVerifier whether the options, or a provider, say who verifies
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
    `is required, because ${names} ${closed.length === 1 ? 'is' : 'are'} not public: a secret of at least 32 bytes, ` +
    `or instead of it ${ALTERNATIVES}, or provide a TokenVerifier`;
  return [
    { name: OPTIONS.jwtSecret.variable, message },
    ...(options.production ? verifierNeeds(options) : []),
  ];
}

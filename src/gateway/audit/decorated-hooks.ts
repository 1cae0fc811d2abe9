import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';

const HOOKS = ['afterInit', 'handleConnection', 'handleDisconnect'];

/** Metadata keys of guards, limits and access rules. */
const RULES = /^(?:__guards__$|THROTTLER:|ws-security:)/;

/** Guards and rules on connection hooks. They look like rules about connections, but Nest calls hooks without them. */
export function decoratedHooks({ name, instance }: DiscoveredGateway): ConfigurationProblem[] {
  const prototype = Object.getPrototypeOf(instance) as Record<string, unknown> | null;
  return HOOKS.filter((hook) => hasRules(prototype?.[hook])).map((hook) => ({
    name: `${name}.${hook}`,
    message:
      'has guards, limits or access rules for messages, which Nest does not apply to hooks; ' +
      'use connectGuards to decide which clients may connect',
  }));
}

function hasRules(hook: unknown): boolean {
  if (typeof hook !== 'function') return false;
  return (Reflect.getMetadataKeys(hook) as unknown[]).some(
    (key) => typeof key === 'string' && RULES.test(key),
  );
}

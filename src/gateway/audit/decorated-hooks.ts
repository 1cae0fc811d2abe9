import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';

const HOOKS = ['afterInit', 'handleConnection', 'handleDisconnect'];

/** Metadata of guards, of limits, and of who may send a message. */
const RULES = /^(?:__guards__$|THROTTLER:|ws-security:)/;

/** Rules on a hook, which Nest calls without asking anybody. They read like rules about who may connect, and are none. */
export function decoratedHooks({ name, instance }: DiscoveredGateway): ConfigurationProblem[] {
  const prototype = Object.getPrototypeOf(instance) as Record<string, unknown> | null;
  return HOOKS.filter((hook) => hasRules(prototype?.[hook])).map((hook) => ({
    name: `${name}.${hook}`,
    message:
      'has guards, limits or rights of messages, which nobody asks on a hook; ' +
      'decisions about who may connect are connectGuards',
  }));
}

function hasRules(hook: unknown): boolean {
  if (typeof hook !== 'function') return false;
  return (Reflect.getMetadataKeys(hook) as unknown[]).some(
    (key) => typeof key === 'string' && RULES.test(key),
  );
}

import { createHash } from 'node:crypto';
import { WsConfigurationError } from '../../errors/configuration.error.js';
import type { Script } from '../link/script.js';

/**
 * A short digest of everything in which nodes must agree that share keys: the scripts, and the settings that decide how
 * keys are used.
 */
export function rulesDigest(
  scripts: readonly Script[],
  settings: Readonly<Record<string, string | number>>,
): string {
  const hash = createHash('sha256');
  for (const sha of scripts.map(({ name, sha: own }) => `${name}:${own}`).toSorted()) hash.update(`${sha}\n`);
  for (const [name, value] of Object.entries(settings).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`${name}=${value}\n`);
  return hash.digest('base64url').slice(0, 16);
}

/** Why a node does not start beside nodes with other rules. */
export function otherRulesError(): WsConfigurationError {
  return new WsConfigurationError([
    {
      name: 'WS_REDIS_URL',
      message:
        'other nodes there live by other rules: stop them first, or give all nodes the same version of the package and ' +
        'the same WS_REDIS_LIMITS and WS_REDIS_NODE_TTL_MS',
    },
  ]);
}

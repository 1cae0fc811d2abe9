import { createHash } from 'node:crypto';
import { type ConfigurationProblem, WsConfigurationError } from '../../errors/configuration.error.js';
import type { Script } from '../link/script.js';

const SCRIPTS = 'scripts';

/**
 * Everything in which nodes must agree that share keys: a digest of the scripts, and the settings that decide how keys
 * are used. A text of the form `name=value name=value`, so that a node can say in what another one differs.
 */
export function rulesText(
  scripts: readonly Script[],
  settings: Readonly<Record<string, string | number>>,
): string {
  const hash = createHash('sha256');
  for (const sha of scripts.map(({ name, sha: own }) => `${name}:${own}`).toSorted()) hash.update(`${sha}\n`);
  const own = { ...settings, [SCRIPTS]: hash.digest('base64url').slice(0, 16) };
  return Object.entries(own)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/**
 * Why a node does not start beside nodes with other rules: a problem for each rule that differs.
 *
 * @param others rules of nodes that live
 */
export function otherRulesError(own: string, others: readonly string[]): WsConfigurationError {
  const mine = valuesOf(own);
  const problems = new Map<string, ConfigurationProblem>();
  for (const theirs of others.map(valuesOf))
    for (const name of new Set([...mine.keys(), ...theirs.keys()])) {
      const value = theirs.get(name);
      if (value !== mine.get(name)) problems.set(name, problemOf(name, mine.get(name), value));
    }
  return new WsConfigurationError([...problems.values()]);
}

function problemOf(name: string, mine = 'not set', theirs = 'not set'): ConfigurationProblem {
  if (name !== SCRIPTS)
    return { name, message: `is ${mine} here and ${theirs} on another live node; all nodes need the same` };
  const message =
    'leads to live nodes whose version of nestjs-ws-security uses Redis differently; ' +
    'stop them first, or start the same version';
  return { name: 'WS_REDIS_URL', message };
}

function valuesOf(rules: string): Map<string, string> {
  return new Map(
    rules.split(' ').map((rule) => {
      const at = rule.indexOf('=');
      return at < 0 ? ([SCRIPTS, rule] as const) : ([rule.slice(0, at), rule.slice(at + 1)] as const);
    }),
  );
}

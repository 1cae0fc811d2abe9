import type { DiscoveredGateway } from '../gateway-explorer.js';
import { uselessText } from './gateway-options.js';
import { pathProblem } from './gateway-path.js';

const KNOWN = ['path', 'verifyClient', 'handleProtocols'];

/** Options of an unsecured gateway that are wrong or would have no effect. */
export function unsecuredOptionProblems({ unsecured }: DiscoveredGateway): string[] {
  if (!unsecured) return [];
  const { given, path } = unsecured;
  const wrong = Object.keys(given)
    .filter((option) => given[option] !== undefined)
    .map((option) => problemOf(option, given[option]));
  return [...wrong, path === undefined ? undefined : pathProblem(path)].filter((text) => text !== undefined);
}

function problemOf(option: string, value: unknown): string | undefined {
  if (option === 'path') return typeof value === 'string' ? undefined : 'must have a string as its path';
  if (!KNOWN.includes(option)) return uselessText(option, KNOWN);
  return typeof value === 'function' ? undefined : `must have a function as "${option}"`;
}

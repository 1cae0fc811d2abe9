import type { ConfigurationProblem } from '../../errors/configuration.error.js';
import { isLikely, nearestName } from '../../options/nearest-name.js';
import { pathProblem } from './gateway-path.js';
import { isClassList } from './class-list.js';
import type { DiscoveredGateway } from '../gateway-explorer.js';

const MAX_PORT = 65_535;
// RFC 6455 §4.1: a subprotocol is a token (RFC 9110 §5.6.2).
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** Every option of `@SecureGateway()`, with a function that returns the problem of a value. */
const RULES: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  path: pathProblem,
  port: (port) => problemUnless(isPort(port), `must have a whole number from 1 to ${MAX_PORT} as its port`),
  public: (value) => problemUnless(typeof value === 'boolean', 'must have true or false as "public"'),
  protocols: (names) =>
    problemUnless(
      isProtocolList(names),
      'must have a list of subprotocols as "protocols", such as [\'chat.v1\']',
    ),
  guards: (guards) => problemUnless(isClassList(guards), 'must have a list of classes as "guards"'),
  connectGuards: (guards) =>
    problemUnless(isClassList(guards), 'must have a list of classes as "connectGuards"'),
};

/** Options of other libraries, and where this module has the same setting. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  namespace: 'give each gateway its own path',
  cors: 'set WS_ALLOWED_ORIGINS',
  verifyClient: 'use "connectGuards"',
  handleProtocols: 'use "protocols"',
  maxPayload: 'set WS_MAX_PAYLOAD_BYTES for all gateways',
  perMessageDeflate: 'set WS_COMPRESSION for all gateways',
  pingInterval: 'set WS_HEARTBEAT_INTERVAL_MS for all gateways',
  pingTimeout: 'set WS_HEARTBEAT_TIMEOUT_MS for all gateways',
};

/** Options of a gateway that are wrong or have no effect. */
export function gatewayOptionProblems({
  name,
  options,
  strayOptions,
}: DiscoveredGateway): ConfigurationProblem[] {
  const given = Object(options) as Record<string, unknown>;
  const wrong = Object.keys({ path: undefined, ...given }).map((option) =>
    Object.hasOwn(RULES, option) ? wrongText(option, given[option]) : unknownText(option),
  );
  const stray = strayOptions.map(
    (option) => `has ${option} in an additional @WebSocketGateway(): ${unknownText(option)}`,
  );
  return [...wrong, ...stray]
    .filter((message) => message !== undefined)
    .map((message) => ({ name, message }));
}

function wrongText(option: string, value: unknown): string | undefined {
  // An undefined option is not set. Only the path is required.
  if (value === undefined && option !== 'path') return undefined;
  return RULES[option]?.(value);
}

function unknownText(option: string): string {
  return uselessText(option, Object.keys(RULES));
}

/** The problem of an option of another library, or of an unknown one. @param known the options that have an effect */
export function uselessText(option: string, known: readonly string[]): string {
  const elsewhere = Object.hasOwn(ELSEWHERE, option) ? ELSEWHERE[option] : undefined;
  if (elsewhere !== undefined) return `has the option "${option}", which has no effect here; ${elsewhere}`;
  const nearest = nearestName(option, known) as string;
  const hint = isLikely(option, nearest)
    ? `did you mean "${nearest}"?`
    : `the options are ${known.join(', ')}`;
  return `has the option "${option}", which has no effect here; ${hint}`;
}

function problemUnless(isFine: boolean, problem: string): string | undefined {
  return isFine ? undefined : problem;
}

function isPort(port: unknown): boolean {
  return Number.isInteger(port) && (port as number) >= 0 && (port as number) <= MAX_PORT;
}

function isProtocolList(names: unknown): boolean {
  if (!Array.isArray(names) || names.length === 0) return false;
  return names.every((name) => typeof name === 'string' && TOKEN.test(name));
}

import { CREDENTIAL_CHECKS } from '../errors/credential-check.js';
import { CREDENTIAL_SOURCES } from '../options/options.schema.js';
import { ERROR_CODES } from '../protocol/error-code.js';
import { HANDSHAKE_STATUS } from '../protocol/handshake-code.js';
import { OWASP_KEYWORDS } from './owasp-keywords.js';
import { MAX_ENTRIES, MAX_TEXT } from './safe-event.js';
import { SECURITY_EVENT_TYPES, type SecurityEventType } from './security-event.js';
import type { SecurityEventField, SecurityEventHead } from './security-event-fields.js';
import { SECURITY_EVENT_TABLE } from './security-event-table.js';

type Schema = Readonly<Record<string, unknown>>;

const ID = 'https://nestjs-ws-security.github.io/security-event.schema.json';

const text: Schema = { type: 'string', maxLength: MAX_TEXT };
const number: Schema = { type: 'number' };
const count: Schema = { type: 'integer', minimum: 0 };
const moment: Schema = { type: 'string', pattern: String.raw`^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$` };
const oneOf = (...values: readonly unknown[]): Schema => ({ enum: values });
const listOf = (items: Schema): Schema => ({ type: 'array', items, maxItems: MAX_ENTRIES });
const mapOf = (values: Schema): Schema => ({ type: 'object', additionalProperties: values });
const objectOf = (properties: Readonly<Record<string, Schema>>, ...required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const code = oneOf(...new Set([...ERROR_CODES, ...Object.keys(HANDSHAKE_STATUS)]));
const check = oneOf(...CREDENTIAL_CHECKS);

/** The head of every event, without its type. */
const HEAD: Readonly<Record<keyof SecurityEventHead, Schema>> = {
  time: moment,
  schema: { const: 'ws-security/1' },
  owasp: oneOf(...OWASP_KEYWORDS),
  severity: oneOf('info', 'warn', 'error'),
  outcome: oneOf('success', 'failure'),
  'service.name': text,
  'service.instance.id': text,
};

const FIELDS: Readonly<Record<SecurityEventField, Schema>> = {
  connection: text,
  trace_id: { type: 'string', pattern: '^[0-9a-f]{32}$' },
  'user.id': text,
  'user.issuer': text,
  'auth.source': oneOf(...CREDENTIAL_SOURCES, 'certificate'),
  'auth.kind': oneOf('bearer', 'api-key', 'ticket', 'certificate'),
  session: { type: 'string', pattern: '^[0-9a-f]{12}$' },
  'client.address': text,
  'url.path': text,
  origin: text,
  user_agent: text,
  subprotocol: text,
  code,
  status: { type: 'integer', minimum: 400, maximum: 599 },
  'close.code': { type: 'integer', minimum: 1000, maximum: 4999 },
  'close.cause': oneOf('server', 'client', 'lost'),
  reason: text,
  event: text,
  rule: text,
  counts: mapOf(count),
  refusals: listOf(
    objectOf({ code: oneOf(...ERROR_CODES), event: text, rule: text, count }, 'code', 'count'),
  ),
  others: count,
  fields: listOf(text),
  duration_ms: { type: 'number', minimum: 0 },
  received: count,
  sent: count,
  suppressed: { type: 'integer', minimum: 1 },
  of: oneOf(...SECURITY_EVENT_TYPES),
  top: listOf(objectOf({ address: text, count }, 'address', 'count')),
  'actor.id': text,
  target: text,
  note: text,
  until: moment,
  check,
  expected: text,
  verifiers: listOf(objectOf({ verifier: text, check, expected: text }, 'verifier', 'check')),
  allowed: text,
  host: text,
  transport: text,
  cap: text,
  limit: number,
  throttler: text,
  ttl_ms: number,
  gateway: text,
  hook: oneOf('handleConnection', 'handleDisconnect'),
  guard: text,
  details: mapOf({ anyOf: [text, number, { type: 'null' }] }),
  'roles.from': listOf(text),
  'roles.to': listOf(text),
  'scopes.from': listOf(text),
  'scopes.to': listOf(text),
  version: text,
  settings: { type: 'string', pattern: '^[0-9a-f]{16}$' },
  unvalidated: listOf(text),
  connections: count,
  answered: count,
  cut: count,
  verifier: text,
  keys: count,
  store: text,
  serial_number: text,
  valid_to: text,
  partition: text,
  stream: oneOf('control', 'bus'),
  step_ms: number,
  scope: text,
  count,
};

/** The JSON Schema (2020-12) of a line. */
export function securityEventSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: ID,
    title: 'A security event of nestjs-ws-security',
    oneOf: SECURITY_EVENT_TYPES.map(schemaOf),
  };
}

function schemaOf(type: SecurityEventType): Schema {
  const { has, may } = SECURITY_EVENT_TABLE[type];
  const fields = [...new Set<SecurityEventField>([...has, ...may])];
  const properties = Object.fromEntries(fields.map((field) => [field, FIELDS[field]]));
  return objectOf({ ...HEAD, type: { const: type }, ...properties }, ...Object.keys(HEAD), 'type', ...has);
}

import { ReservedEvent } from '../../protocol/reserved-event.js';
import type { JsonSchema } from '../schema/json-schema.js';
import type { Frames } from './frames.js';

const INTEGER: JsonSchema = { type: 'integer' };
const TEXT: JsonSchema = { type: 'string' };
/** Epoch milliseconds; null if the credential does not expire. */
const EXPIRY: JsonSchema = { type: ['integer', 'null'], description: 'Epoch milliseconds.' };

function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties).toSorted() };
}

/** The messages of the protocol itself, which every channel has. */
export function reservedMessages(frames: Frames): Record<string, JsonSchema> {
  const { AUTH, PING, PONG, SESSION, GOODBYE } = ReservedEvent;
  const token = object({ token: { ...TEXT, minLength: 1 } });
  return {
    ack: frames.acknowledgement(),
    auth: frames.request(AUTH, token, true),
    'auth.reply': frames.reply(AUTH, object({ expiresAt: EXPIRY })),
    exception: frames.error(),
    goodbye: frames.push(GOODBYE, GOODBYE_BODY),
    ping: frames.request(PING, {}, false),
    pong: frames.reply(PONG, { type: 'null' }),
    session: frames.push(SESSION, SESSION_BODY),
  };
}

const SESSION_BODY = object({
  connectionId: TEXT,
  principal: object({ id: { type: ['string', 'null'] }, roles: { type: 'array', items: TEXT } }),
  expiresAt: EXPIRY,
  heartbeatMs: INTEGER,
  resume: {
    anyOf: [object({ token: TEXT, seq: INTEGER, recovered: { type: 'boolean' } }), { type: 'null' }],
  },
});

const GOODBYE_BODY = object({
  code: INTEGER,
  reason: TEXT,
  reconnect: { type: 'string', enum: ['never', 'backoff', 'reauthenticate'] },
  retryAfterMs: { type: 'number' },
});

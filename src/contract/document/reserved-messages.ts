import { ReservedEvent } from '../../protocol/reserved-event.js';
import { type JsonSchema, NULL } from '../schema/json-schema.js';
import type { SchemaComponents } from '../schema/schema-components.js';
import type { Frames } from './frames.js';

const INTEGER: JsonSchema = { type: 'integer' };
const TEXT: JsonSchema = { type: 'string' };
/** Epoch milliseconds; null if the credential does not expire. */
const EXPIRY: JsonSchema = { type: ['integer', 'null'], description: 'Epoch milliseconds.' };

function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties).toSorted() };
}

const PRINCIPAL = object({ id: { type: ['string', 'null'] }, roles: { type: 'array', items: TEXT } });
const RESUME = object({ token: TEXT, seq: INTEGER, recovered: { type: 'boolean' } });

/** The messages of the protocol itself, which every channel has. */
export function reservedMessages(frames: Frames, components: SchemaComponents): Record<string, JsonSchema> {
  const { AUTH, PING, PONG, SESSION, GOODBYE } = ReservedEvent;
  const token = components.add('AuthBody', object({ token: { ...TEXT, minLength: 1 } }));
  const expiry = components.add('AuthResult', object({ expiresAt: EXPIRY }));
  const principal = components.add('SessionPrincipal', PRINCIPAL);
  const resume = components.add('SessionResume', RESUME);
  const session = components.add('SessionBody', sessionBody(principal, resume));
  const advice = components.add('ReconnectAdvice', {
    type: 'string',
    enum: ['never', 'backoff', 'reauthenticate'],
  });
  const goodbye = components.add('GoodbyeBody', goodbyeBody(advice));
  return {
    ack: components.add('AckFrame', frames.acknowledgement()),
    auth: components.add('AuthRequest', frames.request(AUTH, token, true)),
    'auth.reply': components.add('AuthReply', frames.reply(AUTH, expiry)),
    exception: components.add('ErrorFrame', frames.error()),
    goodbye: components.add('GoodbyeFrame', frames.push(GOODBYE, goodbye)),
    ping: components.add('PingRequest', frames.request(PING, {}, false)),
    pong: components.add('PongReply', frames.reply(PONG, NULL)),
    session: components.add('SessionFrame', frames.push(SESSION, session)),
  };
}

const sessionBody = (principal: JsonSchema, resume: JsonSchema): JsonSchema =>
  object({
    connectionId: TEXT,
    principal,
    expiresAt: EXPIRY,
    heartbeatMs: INTEGER,
    resume: { anyOf: [resume, NULL] },
  });

const goodbyeBody = (reconnect: JsonSchema): JsonSchema =>
  object({ code: INTEGER, reason: TEXT, reconnect, retryAfterMs: { type: 'number' } });

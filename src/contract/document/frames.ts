import { ERROR_CODES } from '../../protocol/error-code.js';
import { ReservedEvent } from '../../protocol/reserved-event.js';
import { type JsonSchema, NULL } from '../schema/json-schema.js';
import type { SchemaComponents } from '../schema/schema-components.js';

const MAX_ID_LENGTH = 128;

/** A number that the module can repeat without rounding it. */
const EXACT_NUMBER: JsonSchema = {
  anyOf: [
    { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'number', not: { type: 'integer' } },
  ],
};

/** The envelopes of messages: what is around their `data`. */
export class Frames {
  private readonly id: JsonSchema;

  constructor(private readonly components: SchemaComponents) {
    this.id = components.add('FrameId', {
      description: 'Chosen by the client. A reply has the id of its request.',
      anyOf: [{ type: 'string', maxLength: MAX_ID_LENGTH }, EXACT_NUMBER],
    });
  }

  /** @param needsData whether the handler refuses a message without data */
  request(event: string, data: JsonSchema, needsData: boolean): JsonSchema {
    return {
      type: 'object',
      properties: { event: constant(event), data, id: this.id },
      required: needsData ? ['event', 'data'] : ['event'],
      additionalProperties: false,
    };
  }

  reply(event: string, data: JsonSchema): JsonSchema {
    return {
      type: 'object',
      properties: { event: constant(event), data, id: this.id },
      required: ['event', 'data'],
    };
  }

  push(event: string, data: JsonSchema): JsonSchema {
    return {
      type: 'object',
      properties: {
        event: constant(event),
        data,
        seq: { type: 'integer', minimum: 1, description: 'Only in sessions of ws-security.v1.' },
      },
      required: ['event', 'data'],
    };
  }

  acknowledgement(): JsonSchema {
    return this.reply(ReservedEvent.ACK, NULL);
  }

  error(): JsonSchema {
    const code = this.components.add('ErrorCode', { type: 'string', enum: ERROR_CODES });
    const fieldError = this.components.add('FieldError', FIELD_ERROR);
    return this.reply(ReservedEvent.EXCEPTION, this.components.add('ErrorBody', errorBody(code, fieldError)));
  }
}

const constant = (value: string): JsonSchema => ({ type: 'string', const: value });

const TEXT: JsonSchema = { type: 'string' };

const FIELD_ERROR: JsonSchema = {
  type: 'object',
  properties: { path: TEXT, constraint: TEXT, message: TEXT },
  required: ['constraint', 'message', 'path'],
};

const errorBody = (code: JsonSchema, fieldError: JsonSchema): JsonSchema => ({
  type: 'object',
  properties: {
    status: constant('error'),
    code,
    message: TEXT,
    reason: { ...TEXT, description: 'The code of the application for what it refuses.' },
    retryAfterMs: { type: 'number', minimum: 0 },
    errors: {
      type: 'array',
      items: fieldError,
    },
  },
  required: ['code', 'message', 'status'],
});

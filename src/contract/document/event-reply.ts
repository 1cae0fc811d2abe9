import { Observable } from 'rxjs';
import type { GatewayHandler } from '../../gateway/gateway-explorer.js';
import type { Callable } from '../../nest/handler-metadata.js';
import { hasRules } from '../../validation/class-rules.js';
import type { ContractType } from '../declarations/contract-type.js';
import { schemaOfType } from '../declarations/type-schema.js';
import { declaredReplyOf } from '../declarations/ws-reply.decorator.js';
import { type JsonSchema, noted } from '../schema/json-schema.js';
import type { SchemaComponents } from '../schema/schema-components.js';
import { nameOfEvent } from './event-names.js';

/** The reply of a handler. */
export interface EventReply {
  readonly event: string;
  /** The `data`; undefined if the handler answers only by an acknowledgement. */
  readonly data: JsonSchema | undefined;
  /** Whether it may also return nothing, for which it answers by an acknowledgement. */
  readonly mayAcknowledge: boolean;
  readonly isStream: boolean;
}

/**
 * What `@WsReply()` says of a reply, or else the declared return type, if it is known at run time and nothing changes the
 * result.
 *
 * @param isIntercepted whether an interceptor may change the result
 */
export function eventReplyOf(
  gateway: Callable,
  { event, method, callback }: GatewayHandler,
  isIntercepted: boolean,
  components: SchemaComponents,
): EventReply {
  const request = String(event);
  const declared = declaredReplyOf(gateway, callback);
  const name = `${nameOfEvent(request)}Reply`;
  if (declared) {
    const { type, event: own = request, stream = false } = declared;
    const data = type === null ? undefined : schemaOfType(type, name, components);
    return { event: own, data, mayAcknowledge: type === null || stream, isStream: stream };
  }
  const returned: unknown = Reflect.getMetadata('design:returntype', gateway.prototype as object, method);
  const known = isIntercepted ? undefined : knownType(returned);
  const data = known ? schemaOfType(known, name, components) : noted({ undeclared: 'use @WsReply()' });
  return { event: request, data, mayAcknowledge: !known, isStream: returned === Observable };
}

function knownType(returned: unknown): ContractType | undefined {
  const isKnown = returned === String || returned === Number || returned === Boolean || hasRules(returned);
  return isKnown ? (returned as ContractType) : undefined;
}

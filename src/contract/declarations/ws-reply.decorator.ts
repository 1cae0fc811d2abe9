import { type Callable, declare, declaredOf } from '../../nest/handler-metadata.js';
import type { ContractType } from './contract-type.js';

const REPLY = 'ws-security:reply';

/** Details of a reply. @publicApi */
export interface WsReplyOptions {
  /** The event of the reply, if the handler returns a `WsResponse`. Default: the event of the request. */
  event?: string;
  /** Whether the handler returns an observable, so that a request has any number of replies. */
  stream?: boolean;
}

/** A declared reply. */
export interface DeclaredReply extends WsReplyOptions {
  readonly type: ContractType;
}

/**
 * Declares the reply of a handler for the contract. It changes nothing at run time: replies are not validated.
 *
 * @param type null for a handler that returns nothing, and so answers requests with an `id` by `ack`
 * @publicApi
 */
export const WsReply = (type: ContractType, options: WsReplyOptions = {}): MethodDecorator =>
  declare(REPLY, { ...options, type } satisfies DeclaredReply);

export function declaredReplyOf(gateway: Callable, handler: Callable): DeclaredReply | undefined {
  return declaredOf(REPLY, gateway, handler) as DeclaredReply | undefined;
}

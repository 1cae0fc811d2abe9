import type { Jsonified } from '../protocol/jsonified.js';
import type {
  BodyOf,
  IsStream,
  PushName,
  PushOf,
  ReplyOf,
  RequestName,
  WsEvents,
} from '../protocol/ws-events.js';
import type { RequestOptions } from './pending-requests.js';

/** `Typed` for a client with a contract, `Untyped` for `WsClient` without one. @publicApi */
export type IfTyped<Events, Typed, Untyped> = WsEvents extends Events ? Untyped : Typed;

/** The arguments of `request()` after the event: data that is required, optional, or absent, and options. @publicApi */
export type RequestArguments<Events, Name> = WsEvents extends Events
  ? [data?: unknown, options?: RequestOptions]
  : undefined extends BodyOf<Events, Name>
    ? [data?: Jsonified<BodyOf<Events, Name>>, options?: RequestOptions]
    : [data: Jsonified<BodyOf<Events, Name>>, options?: RequestOptions];

/** The arguments of `send()` after the event. @publicApi */
export type SendArguments<Events, Name> = WsEvents extends Events
  ? [data?: unknown]
  : undefined extends BodyOf<Events, Name>
    ? [data?: Jsonified<BodyOf<Events, Name>>]
    : [data: Jsonified<BodyOf<Events, Name>>];

/**
 * What a request resolves with: null if it is acknowledged. A stream resolves with its first value, or with null if it
 * has none.
 *
 * @publicApi
 */
export type RequestReply<Events, Name> =
  | (ReplyOf<Events, Name> extends infer Reply
      ? Reply extends undefined | void
        ? null
        : Jsonified<Reply>
      : never)
  | (IsStream<Events, Name> extends true ? null : never);

/** The events that arrive without a request: pushes, and the streams that `send()` starts. @publicApi */
export type HeardName<Events> =
  | PushName<Events>
  | {
      [Name in RequestName<Events>]: IsStream<Events, Name> extends true ? Name : never;
    }[RequestName<Events>];

/** The data of an event that arrives without a request. @publicApi */
export type HeardData<Events, Name> =
  | (Name extends PushName<Events> ? Jsonified<PushOf<Events, Name>> : never)
  | (IsStream<Events, Name> extends true ? Jsonified<ReplyOf<Events, Name>> : never);

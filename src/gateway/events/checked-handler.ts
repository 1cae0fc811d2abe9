import type { Observable } from 'rxjs';
import type { Connection } from '../../connection/connection.js';
import type { Principal } from '../../connection/principal.js';
import type { BodyOf, IsStream, ReplyOf } from '../../protocol/ws-events.js';

/** Says what does not fit the contract, and what would. No handler has this type. @publicApi */
export interface ContractMismatch<Problem extends string, Expected> {
  readonly problem: Problem;
  readonly expected: Expected;
}

/** `unknown` for a handler that fits the contract, else a {@link ContractMismatch}. @publicApi */
export type CheckedHandler<Events, Name extends string, Handler, Injected> = Handler extends (
  ...args: infer Parameters
) => infer Result
  ? TakesBody<Required<Parameters>, BodyOf<Events, Name>, Injected> extends true
    ? [Awaited<Result>] extends [HandlerResult<Events, Name>]
      ? unknown
      : ContractMismatch<`The handler of ${Name} must return its reply`, ReplyOf<Events, Name>>
    : ContractMismatch<`The parameters of ${Name} must be its body and injected values`, BodyOf<Events, Name>>
  : never;

/** What a handler may return or promise. Null and undefined are both sent as null. @publicApi */
export type HandlerResult<Events, Name> =
  IsStream<Events, Name> extends true
    ? Observable<ReplyOf<Events, Name>>
    : Acknowledged<ReplyOf<Events, Name>> | Observable<Acknowledged<ReplyOf<Events, Name>>>;

/** A reply, or nothing in any form if it is an acknowledgement. @publicApi */
export type Acknowledged<Reply> = Reply extends null | undefined | void ? null | undefined | void : Reply;

/**
 * Whether one of the parameters takes the body, if there is one, and all others are injected: a connection, a principal
 * or a part of one, a socket of any kind, or what the application injects.
 *
 * A parameter takes the body if it has all of its members, because the others would be refused when they are sent. A
 * missing body is validated as an empty object, so a parameter for an optional body need not be optional.
 *
 * @publicApi
 */
export type TakesBody<
  Parameters,
  Body,
  Injected,
  Found = [Body] extends [undefined] ? true : false,
> = Parameters extends [infer First, ...infer Rest]
  ? (
      [Body] extends [undefined]
        ? unknown extends First
          ? true
          : false
        : [Exclude<Body, undefined>] extends [First]
          ? [keyof Exclude<Body, undefined>] extends [keyof First]
            ? true
            : 0 extends 1 & Body
              ? true
              : false
          : false
    ) extends true
    ? TakesBody<Rest, Body, Injected, true>
    : (
          [Connection] extends [First]
            ? true
            : [Principal] extends [First]
              ? true
              : [First] extends [Injected | { readonly readyState: number; close(...args: never[]): unknown }]
                ? true
                : false
        ) extends true
      ? TakesBody<Rest, Body, Injected, Found>
      : false
  : Parameters extends []
    ? Found
    : false;

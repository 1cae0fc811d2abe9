import { SubscribeMessage } from '@nestjs/websockets';
import type { RequestName, WsEvents } from '../../protocol/ws-events.js';
import type { CheckedHandler } from './checked-handler.js';

/** A checked `@SubscribeMessage()` of one contract. @publicApi */
export type OnEvent<Events extends WsEvents, Injected = never> = <Name extends RequestName<Events>>(
  event: Name,
) => <Handler extends (...args: never[]) => unknown>(
  gateway: object,
  method: string,
  descriptor: TypedPropertyDescriptor<Handler> & CheckedHandler<Events, Name, Handler, Injected>,
) => void;

/**
 * Nest's `@SubscribeMessage()`, which does not compile on a handler whose name, body or reply differ from the contract.
 *
 * One parameter of the handler is the body. All others have the type of a connection, a principal or a socket, or are
 * listed in `Injected`. The handler may return its reply, a promise or an observable of it. Types only: at runtime this
 * is `@SubscribeMessage()` itself.
 *
 * @typeParam Events the contract
 * @typeParam Injected the types of parameters that the application's own decorators inject
 * @publicApi
 */
export function onEvent<Events extends WsEvents, Injected = never>(): OnEvent<Events, Injected> {
  return SubscribeMessage;
}

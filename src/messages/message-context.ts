/* oxlint-disable typescript/no-unnecessary-type-parameters -- the interface of Nest has them */
import type { ExecutionContext, Type } from '@nestjs/common';
import type { InboundMessage } from './inbound-message.js';

type HttpHost = ReturnType<ExecutionContext['switchToHttp']>;
type RpcHost = ReturnType<ExecutionContext['switchToRpc']>;
type WsHost = ReturnType<ExecutionContext['switchToWs']>;
// oxlint-disable-next-line typescript/no-unsafe-function-type -- the type of handlers in Nest
type Handler = Function;

/**
 * The execution context of a message for guards that are called before Nest. It has the arguments that Nest will pass.
 */
export class MessageContext implements ExecutionContext, WsHost {
  private readonly args: readonly unknown[];

  constructor(
    client: object,
    message: InboundMessage,
    private readonly gateway: Type,
    private readonly handler: Handler,
  ) {
    const { data, event } = message;
    this.args = [client, data, event, message, event];
  }

  getClass<T>(): Type<T> {
    return this.gateway as Type<T>;
  }

  getHandler(): Handler {
    return this.handler;
  }

  getArgs<T extends unknown[]>(): T {
    return this.args as T;
  }

  getArgByIndex<T>(index: number): T {
    return this.args[index] as T;
  }

  getType<T extends string>(): T {
    return 'ws' as T;
  }

  switchToWs(): WsHost {
    return this;
  }

  getClient<T>(): T {
    return this.args[0] as T;
  }

  getData<T>(): T {
    return this.args[1] as T;
  }

  getPattern(): string {
    return this.args.at(-1) as string;
  }

  switchToHttp(): HttpHost {
    throw new TypeError('A WebSocket message has no HTTP context.');
  }

  switchToRpc(): RpcHost {
    throw new TypeError('A WebSocket message has no RPC context.');
  }
}

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
  constructor(
    private readonly client: object,
    private readonly message: InboundMessage,
    private readonly gateway: Type,
    private readonly handler: Handler,
  ) {}

  getClass<T>(): Type<T> {
    return this.gateway as Type<T>;
  }

  getHandler(): Handler {
    return this.handler;
  }

  getArgs<T extends unknown[]>(): T {
    const { data, event } = this.message;
    return [this.client, data, event, this.message, event] as unknown as T;
  }

  getArgByIndex<T>(index: number): T {
    return (index === 0 ? this.client : this.getArgs()[index]) as T;
  }

  getType<T extends string>(): T {
    return 'ws' as T;
  }

  switchToWs(): WsHost {
    return this;
  }

  getClient<T>(): T {
    return this.client as T;
  }

  getData<T>(): T {
    return this.message.data as T;
  }

  getPattern(): string {
    return this.message.event;
  }

  switchToHttp(): HttpHost {
    throw new TypeError('A WebSocket message has no HTTP context.');
  }

  switchToRpc(): RpcHost {
    throw new TypeError('A WebSocket message has no RPC context.');
  }
}

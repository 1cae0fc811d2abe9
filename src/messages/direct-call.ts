import type { InboundMessage } from './inbound-message.js';
import { isThenable } from '../time/maybe-promise.js';

/** A parameter of a handler, and where its value comes from. */
export interface DirectParameter {
  readonly index: number;
  /** @returns the value, or a promise of it */
  readonly take: (client: object, message: InboundMessage) => unknown;
}

/**
 * Calls a handler as Nest would, without Nest's guards, pipes and contexts for each message. It is possible if all of
 * them are the module's own, and have been asked before.
 */
export class DirectCall {
  /**
   * @param instance the gateway
   * @param handler its method
   */
  constructor(
    private readonly instance: object,
    // oxlint-disable-next-line typescript/no-unsafe-function-type -- the type of handlers in Nest
    private readonly handler: Function,
    private readonly parameters: readonly DirectParameter[],
  ) {}

  /** @returns what the handler returns; a promise of it if an argument has to be waited for */
  call(client: object, message: InboundMessage): unknown {
    const args: unknown[] = [];
    let isPending = false;
    for (const { index, take } of this.parameters) {
      let value: unknown;
      try {
        value = take(client, message);
        isPending ||= isThenable(value);
      } catch (error) {
        // A promise, because an earlier argument may be one that rejects, and nobody would handle that.
        value = Promise.reject(error);
        isPending = true;
      }
      args[index] = value;
    }
    if (isPending) return Promise.all(args).then((settled) => this.invoke(settled));
    return this.invoke(args);
  }

  private invoke(args: unknown[]): unknown {
    return Reflect.apply(this.handler, this.instance, args) as unknown;
  }
}

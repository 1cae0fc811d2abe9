import type { Callable } from '../../nest/handler-metadata.js';
import { isEventName } from '../../protocol/event-name.js';
import { isReservedEvent } from '../../protocol/reserved-event.js';
import type { ContractType } from './contract-type.js';

const PUSHES = 'ws-security:pushes';

/** A declared push. */
export interface DeclaredPush {
  readonly event: string;
  readonly type: ContractType;
}

/**
 * Declares an event that clients of the gateway receive without a request, for the contract. It changes nothing at run
 * time. On a method it means the same as on the class; write it where the push is sent.
 *
 * @param type of the push's `data`
 * @throws TypeError if the event is not a valid name, or is reserved by the protocol
 * @publicApi
 */
export function WsPush(event: string, type: ContractType): ClassDecorator & MethodDecorator {
  if (!isEventName(event) || isReservedEvent(event))
    throw new TypeError(
      `@WsPush() needs an event of 1 to 128 characters that is not reserved, not "${event}".`,
    );
  return (target: object): void => {
    const gateway = typeof target === 'function' ? target : target.constructor;
    const known = declaredPushesOf(gateway);
    Reflect.defineMetadata(PUSHES, [...known, { event, type } satisfies DeclaredPush], gateway);
  };
}

/** The pushes of a gateway and of the classes that it extends. */
export function declaredPushesOf(gateway: Callable | object): readonly DeclaredPush[] {
  return (Reflect.getMetadata(PUSHES, gateway) as DeclaredPush[] | undefined) ?? [];
}

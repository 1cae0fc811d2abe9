import type { EventEmitter } from 'node:events';

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

interface Emitting {
  emit: Emit;
}

/**
 * Passes every event of an emitter to `take` before its listeners, no matter how and when they were added. Other code
 * may replace `emit` as well, before or after.
 *
 * @param take returns whether it consumes the event, so that no listener gets it
 * @returns a function that ends the interception
 */
export function interceptEvents(
  emitter: EventEmitter,
  take: (event: string | symbol, args: readonly unknown[]) => boolean,
): () => void {
  let active: typeof take | undefined = take;
  const before = Object.getOwnPropertyDescriptor(emitter, 'emit');
  const replaced = before && (emitter as Emitting).emit;
  const emit: Emit = (event, ...args) => {
    if (active?.(event, args)) return true;
    // Looked up each time, because instrumentation may replace the method of the class later.
    const next = replaced ?? (Object.getPrototypeOf(emitter) as Emitting).emit;
    return next.call(emitter, event, ...args);
  };
  Object.defineProperty(emitter, 'emit', {
    value: emit,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  return () => {
    active = undefined;
    // Code that has replaced `emit` since then still calls this function.
    if ((emitter as Emitting).emit !== emit) return;
    if (before) Object.defineProperty(emitter, 'emit', before);
    else Reflect.deleteProperty(emitter, 'emit');
  };
}

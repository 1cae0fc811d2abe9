interface Sender {
  send(data: unknown, ...rest: unknown[]): unknown;
  [LISTENERS]?: Set<Listener>;
}

type Listener = (data: unknown) => void;

const LISTENERS = Symbol('listeners');

/**
 * Calls a listener with each frame that is sent through an object, after it has been sent. The replaced `send()` stays
 * in place when the last listener is removed, because removing it could also remove a replacement that was added later.
 *
 * @returns a function that removes the listener
 */
export function onSent(sender: object, listener: Listener): () => void {
  const listeners = ((sender as Sender)[LISTENERS] ??= tap(sender as Sender));
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function tap(sender: Sender): Set<Listener> {
  const listeners = new Set<Listener>();
  const send = sender.send.bind(sender);
  sender.send = (data, ...rest) => {
    const result = send(data, ...rest);
    for (const listener of listeners) listener(data);
    return result;
  };
  return listeners;
}

/** The `id` of a frame that is text or bytes; undefined if it has none. */
export function idOfFrame(data: unknown): unknown {
  if (typeof data !== 'string' && !Buffer.isBuffer(data)) return undefined;
  try {
    return (JSON.parse(data.toString()) as { id?: unknown } | null)?.id;
  } catch {
    return undefined;
  }
}

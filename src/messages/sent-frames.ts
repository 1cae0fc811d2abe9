interface Sender {
  send(data: unknown, ...rest: unknown[]): unknown;
  [LISTENERS]?: Set<Listener>;
}

type Listener = (data: unknown) => void;

const LISTENERS = Symbol('listeners');

/**
 * Hears what is sent through an object by whoever has it, once it has been sent. An object that was listened to once
 * keeps its stand-in for `send()`: to take it away might take away one that came after it.
 *
 * @returns the function that ends it
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

/** The `id` of a frame, as text or as bytes; undefined where there is none. */
export function idOfFrame(data: unknown): unknown {
  if (typeof data !== 'string' && !Buffer.isBuffer(data)) return undefined;
  try {
    return (JSON.parse(data.toString()) as { id?: unknown } | null)?.id;
  } catch {
    return undefined;
  }
}

import type { ThrottlerVerdict, WsThrottlerStorage } from 'nestjs-ws-security';

/** A hit that was let through, between two moments by the clock of Redis: epoch milliseconds. */
export interface Accepted {
  readonly after: number;
  readonly before: number;
  readonly cost: number;
}

let accepted = new Map<string, Accepted[]>();

/**
 * Notes when the storage of a node accepts hits. A handler hears of them later, after a time that is not known: a busy
 * process can be interrupted at any moment.
 */
export function watchAccepted(storage: WsThrottlerStorage): void {
  const hit = storage.hit?.bind(storage);
  if (!hit) return;
  storage.hit = (...args) => {
    const after = Date.now();
    const verdict = hit(...args);
    const [key, , , , , cost] = args;
    const note = ({ isBlocked }: ThrottlerVerdict): void => {
      if (isBlocked) return;
      const list = accepted.get(key) ?? [];
      accepted.set(key, list);
      list.push({ after, before: Date.now(), cost });
    };
    if ('then' in verdict) verdict.then(note, () => undefined);
    else note(verdict);
    return verdict;
  };
}

/** What was accepted since the last time, by key. */
export function takeAccepted(): Record<string, Accepted[]> {
  const taken = Object.fromEntries(accepted);
  accepted = new Map();
  return taken;
}

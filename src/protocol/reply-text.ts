import type { FrameId } from './envelope.js';

/**
 * Serializes a reply frame.
 *
 * @throws TypeError if `data` cannot be serialized as JSON
 */
export function replyText(event: string, data: unknown, id: FrameId | undefined): string {
  const json = JSON.stringify(data ?? null) as string | undefined;
  // `JSON.stringify()` returns undefined for functions and symbols.
  if (json === undefined) throw new TypeError(`A ${typeof data} has no JSON`);
  const start = event === lastEvent ? lastStart : startOf(event);
  return id === undefined ? `${start}${json}}` : `${start}${json},"id":${JSON.stringify(id)}}`;
}

// Consecutive replies often have the same event.
let lastEvent: string | undefined;
let lastStart = '';

function startOf(event: string): string {
  lastEvent = event;
  return (lastStart = `{"event":${JSON.stringify(event)},"data":`);
}

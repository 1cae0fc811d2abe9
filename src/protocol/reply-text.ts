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
  const head = `{"event":${JSON.stringify(event)},"data":${json}`;
  return id === undefined ? `${head}}` : `${head},"id":${JSON.stringify(id)}}`;
}

import type { FrameId } from './envelope.js';

/**
 * The text of a reply frame.
 *
 * @throws TypeError when `data` cannot be serialised as JSON
 */
export function replyText(event: string, data: unknown, id: FrameId | undefined): string {
  const json = JSON.stringify(data ?? null) as string | undefined;
  // JSON has nothing for a function, and would leave the member out without a word.
  if (json === undefined) throw new TypeError(`A ${typeof data} has no JSON`);
  const head = `{"event":${JSON.stringify(event)},"data":${json}`;
  return id === undefined ? `${head}}` : `${head},"id":${JSON.stringify(id)}}`;
}

import type { ErrorBody, FrameId } from './envelope.js';

const heads = new WeakMap<ErrorBody, string>();

/** The text of an error frame; a body that is frozen, so that it is always the same, is serialised once. */
export function errorText(body: ErrorBody, id: FrameId | undefined): string {
  const head = Object.isFrozen(body) ? knownHead(body) : headOf(body);
  return id === undefined ? `${head}}` : `${head},"id":${JSON.stringify(id)}}`;
}

function knownHead(body: ErrorBody): string {
  let head = heads.get(body);
  if (head === undefined) heads.set(body, (head = headOf(body)));
  return head;
}

function headOf(body: ErrorBody): string {
  return `{"event":"exception","data":${JSON.stringify(body)}`;
}

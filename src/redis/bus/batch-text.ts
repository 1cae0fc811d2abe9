import { MalformedEntryError } from '../malformed-entry.error.js';
import type { Audience, Broadcast } from '../../nodes/broadcast-bus.js';

const PUSHES = 'pushes';
const TAB = 9;
const LINE_END = 10;

/**
 * A push as a line of a batch: audience, event and data, with tabs between them. All three are JSON, which has no tabs
 * and line ends outside of texts when nobody puts them there, and never within one.
 */
export function lineOf({ audience, event, json }: Broadcast): string {
  return `${audienceText(audience)}\t${JSON.stringify(event)}\t${compact(json)}`;
}

/**
 * The pushes of a batch. The data stays text, which nobody reads here.
 *
 * @throws MalformedEntryError when one of them cannot be read
 */
export function readBatch(batch: Buffer): Broadcast[] {
  const broadcasts: Broadcast[] = [];
  for (let start = 0; start < batch.length;) {
    const end = batch.indexOf(LINE_END, start);
    broadcasts.push(readLine(batch, start, end === -1 ? batch.length : end));
    start = end === -1 ? batch.length : end + 1;
  }
  return broadcasts;
}

// Each text is decoded by itself: as a part of the batch's text it would keep all of it in memory.
function readLine(batch: Buffer, start: number, end: number): Broadcast {
  const afterAudience = batch.indexOf(TAB, start);
  const afterEvent = batch.indexOf(TAB, afterAudience + 1);
  if (afterAudience === -1 || afterEvent === -1 || afterEvent >= end) throw new MalformedEntryError(PUSHES);
  const event = parsed(batch.toString('utf8', afterAudience + 1, afterEvent));
  if (typeof event !== 'string') throw new MalformedEntryError(PUSHES);
  return {
    audience: readAudience(batch.toString('utf8', start, afterAudience)),
    event,
    json: batch.toString('utf8', afterEvent + 1, end),
  };
}

/** `null` is everybody, a text a room, and a list a user: the id, and the issuer if one is meant. */
function audienceText(audience: Audience): string {
  if (audience.to === 'everyone') return 'null';
  if (audience.to === 'room') return JSON.stringify(audience.room);
  const { id, issuer } = audience;
  return JSON.stringify(issuer === undefined ? [id] : [id, issuer]);
}

function readAudience(text: string): Audience {
  const audience = parsed(text);
  if (audience === null) return { to: 'everyone' };
  if (typeof audience === 'string') return { to: 'room', room: audience };
  const [id, issuer] = (Array.isArray(audience) ? audience : []) as unknown[];
  if (typeof id !== 'string' || !(issuer === undefined || issuer === null || typeof issuer === 'string'))
    throw new MalformedEntryError(PUSHES);
  return { to: 'user', id, ...(issuer !== undefined && { issuer }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MalformedEntryError(PUSHES);
  }
}

function compact(json: string): string {
  return json.includes('\n') || json.includes('\t') ? JSON.stringify(JSON.parse(json)) : json;
}

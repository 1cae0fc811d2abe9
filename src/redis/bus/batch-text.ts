import type { Audience, Broadcast } from '../../nodes/broadcast-bus.js';

const TAB = 9;
const LINE_END = 10;

/**
 * A push as a line of a batch: audience, event and data, with tabs between them. All three are JSON, which has no tabs
 * and line ends outside of texts when nobody puts them there, and never within one.
 */
export function lineOf({ audience, event, json }: Broadcast): string {
  return `${audienceText(audience)}\t${JSON.stringify(event)}\t${compact(json)}`;
}

/** The pushes of a batch. The data stays text. */
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
  return {
    audience: readAudience(batch.toString('utf8', start, afterAudience)),
    event: JSON.parse(batch.toString('utf8', afterAudience + 1, afterEvent)) as string,
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
  const audience = JSON.parse(text) as null | string | [id: string, issuer?: string | null];
  if (audience === null) return { to: 'everyone' };
  if (typeof audience === 'string') return { to: 'room', room: audience };
  const [id, issuer] = audience;
  return { to: 'user', id, ...(issuer !== undefined && { issuer }) };
}

function compact(json: string): string {
  return json.includes('\n') || json.includes('\t') ? JSON.stringify(JSON.parse(json)) : json;
}

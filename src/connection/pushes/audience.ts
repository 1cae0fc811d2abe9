import type { Audience } from '../../nodes/broadcast-bus.js';
import type { Principal } from '../principal.js';

/** A possible recipient of a push. */
export interface Listener {
  readonly principal: Principal;
  readonly rooms: ReadonlySet<string>;
}

/** Whether a recipient belongs to the audience of a push. */
export function isFor(audience: Audience, { principal, rooms }: Listener): boolean {
  if (audience.to === 'everyone') return true;
  if (audience.to === 'room') return rooms.has(audience.room);
  return audience.id === principal.id && isIssuedBy(audience.issuer, principal);
}

/** @param issuer undefined matches every issuer */
export function isIssuedBy(issuer: string | null | undefined, principal: Principal): boolean {
  return issuer === undefined || issuer === principal.issuer;
}

/** The room of an audience, if it is a room. */
export function roomOf(audience: Audience): string | undefined {
  return audience.to === 'room' ? audience.room : undefined;
}

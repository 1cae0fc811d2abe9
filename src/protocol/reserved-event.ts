/** Events the module itself speaks; a gateway cannot subscribe to them. */
export const ReservedEvent = {
  AUTH: 'auth',
  PING: 'ping',
  PONG: 'pong',
  SESSION: 'session',
  GOODBYE: 'goodbye',
  ACK: 'ack',
  EXCEPTION: 'exception',
} as const;

const RESERVED: ReadonlySet<string> = new Set(Object.values(ReservedEvent));

export function isReservedEvent(event: string): boolean {
  return RESERVED.has(event);
}

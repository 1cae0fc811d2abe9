const RESERVED = ['auth', 'ping', 'pong', 'session', 'goodbye', 'ack', 'exception'] as const;

/** Events that the module handles itself. A gateway cannot subscribe to them. */
export type ReservedEventName = (typeof RESERVED)[number];

export const ReservedEvent = {
  AUTH: 'auth',
  PING: 'ping',
  PONG: 'pong',
  SESSION: 'session',
  GOODBYE: 'goodbye',
  ACK: 'ack',
  EXCEPTION: 'exception',
} as const satisfies Record<Uppercase<ReservedEventName>, ReservedEventName>;

export function isReservedEvent(event: string): event is ReservedEventName {
  return (RESERVED as readonly string[]).includes(event);
}

import type { RawData } from 'ws';

/** A message of a client, with members of any type. */
export interface PlainMessage {
  readonly event?: unknown;
  readonly data?: unknown;
}

/** Parses a frame as the `WsAdapter` of Nest does. Undefined for a frame that cannot be a message. */
export function plainMessageOf(frame: RawData): PlainMessage | undefined {
  try {
    // oxlint-disable-next-line typescript/no-base-to-string -- `ws` passes a Buffer by default
    return (JSON.parse(frame.toString()) as PlainMessage | null) ?? undefined;
  } catch {
    return undefined;
  }
}

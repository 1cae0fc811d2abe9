/** How much of a stream Redis keeps. */
export interface StreamLimits {
  /** Milliseconds for which entries are kept at least; 0 where their number decides. */
  readonly keepMs: number;
  /** Entries that are kept about; only without `keepMs`. */
  readonly maxEntries: number;
  /** The most bytes of bodies. */
  readonly maxBytes: number;
  /** Milliseconds after which a stream that nobody writes to is forgotten. */
  readonly expiryMs: number;
}

const MIB = 1024 * 1024;

export const CONTROL_LIMITS: StreamLimits = {
  keepMs: 0,
  maxEntries: 10_000,
  maxBytes: 8 * MIB,
  expiryMs: 24 * 3_600_000,
};

/** @param keepMs how long pushes have to be known @param maxBytes `WS_REDIS_STREAM_BYTES` */
export function busLimits(keepMs: number, maxBytes: number): StreamLimits {
  return { keepMs, maxEntries: 0, maxBytes, expiryMs: Math.max(600_000, 2 * keepMs) };
}

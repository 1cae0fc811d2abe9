import type { Position } from '../../nodes/broadcast-bus.js';
import type { Principal } from '../principal.js';

/** A push that a client may have missed. @publicApi */
export interface KeptText {
  readonly seq: number;
  /** The beginning of its frame, up to the number: `{"event":"tick","data":1`. */
  readonly text: string;
  /** The room it was sent to, if any. */
  readonly room?: string;
}

/** A session that moves to another node, as plain data that can be stored as JSON. @publicApi */
export interface SessionSnapshot {
  /** Issuer and id of the principal, as used by limits. */
  readonly owner: string;
  /** The principal of its last connection. */
  readonly principal: Principal;
  readonly path: string;
  readonly rooms: readonly string[];
  /** The number of its last push. */
  readonly seq: number;
  /** The session has every push up to this position, and none after it. */
  readonly at: Position;
  /** Epoch milliseconds when its first connection was opened. */
  readonly startedAt: number;
  /** The latest pushes, numbered consecutively up to `seq`. Older ones are deleted. */
  readonly kept: readonly KeptText[];
}

/** The properties that a session has from its first connection on. */
export type SessionOrigin = Pick<SessionSnapshot, 'owner' | 'path' | 'startedAt' | 'at'>;

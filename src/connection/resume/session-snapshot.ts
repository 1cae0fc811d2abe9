import type { Position } from '../../nodes/broadcast-bus.js';
import type { Principal } from '../principal.js';

/** A push that a client may have missed. @publicApi */
export interface KeptText {
  readonly seq: number;
  /** Its frame, up to the number: `{"event":"tick","data":1`. */
  readonly text: string;
  /** The room it was sent to, if it was sent to one. */
  readonly room?: string;
}

/** A session on its way to another node, as plain data: JSON brings it across unchanged. @publicApi */
export interface SessionSnapshot {
  /** Whose session it is: issuer and id, as limits count them. */
  readonly owner: string;
  /** Who was on its last connection. */
  readonly principal: Principal;
  readonly path: string;
  readonly rooms: readonly string[];
  /** The number of its last push. */
  readonly seq: number;
  /** It has every push up to here, and none after. */
  readonly at: Position;
  /** Epoch milliseconds at which its first connection was opened. */
  readonly startedAt: number;
  /** Its last pushes, numbered without a hole up to `seq`. Older ones are gone. */
  readonly kept: readonly KeptText[];
}

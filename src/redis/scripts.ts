import { PLACE } from './caps/place.script.js';
import { EXACT } from './limits/exact.script.js';
import { GRANT } from './limits/grant.script.js';
import type { Script } from './link/script.js';
import { BEAT, LEAVE } from './nodes/beat.script.js';
import { LEAVE_SESSION, TAKE_SESSION } from './resume/session.scripts.js';
import { PUBLISH, RANGE, TAIL } from './streams/stream.scripts.js';
import { LOAD } from './tables/load.script.js';
import { WRITE } from './tables/write.script.js';
import { COUNT, DISCOUNT, KEEP, REMOVE, TAKE } from './tickets/ticket.scripts.js';

/** The scripts in which nodes have to agree. */
export const SCRIPTS: readonly Script[] = [
  BEAT,
  LEAVE,
  GRANT,
  EXACT,
  PLACE,
  PUBLISH,
  TAIL,
  RANGE,
  LOAD,
  WRITE,
  KEEP,
  TAKE,
  REMOVE,
  COUNT,
  DISCOUNT,
  LEAVE_SESSION,
  TAKE_SESSION,
];

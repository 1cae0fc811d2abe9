import { PLACE } from './caps/place.script.js';
import { EXACT } from './limits/exact.script.js';
import { GRANT } from './limits/grant.script.js';
import type { Script } from './link/script.js';
import { BEAT, LEAVE } from './nodes/beat.script.js';

/** The scripts in which nodes have to agree. */
export const SCRIPTS: readonly Script[] = [BEAT, LEAVE, GRANT, EXACT, PLACE];

import { SCRIPT_START } from '../link/script-start.js';
import { defineScript } from '../link/script.js';

/**
 * Reads a part of a table. `KEYS[1]` is the hash, `ARGV[3]` the cursor, `ARGV[4]` about how many rows.
 *
 * Answers `{now, version, cursor, rows}`. `rows` alternates fields and rows, and may contain the version.
 */
export const LOAD = defineScript(
  'load',
  `${SCRIPT_START}
local version = redis.call('HGET', KEYS[1], '#') or '0'
local part = redis.call('HSCAN', KEYS[1], ARGV[3], 'COUNT', ARGV[4])
return {now, version, part[1], part[2]}
`,
);

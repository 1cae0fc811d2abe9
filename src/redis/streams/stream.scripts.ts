import { SCRIPT_START } from '../link/script-start.js';
import { defineScript } from '../link/script.js';
import { APPEND } from './append.js';

/**
 * Writes entries to a stream, once however often the call is made.
 *
 * KEYS: the stream, the hash of what was sent. ARGV: node, notAfter, name of the stream, four limits of `append`, the
 * number of the first entry, then kind and body of each.
 * Answers `{now, g, last}`: the number of the last entry over all nodes, and that of this node's last entry before. When
 * the latter is not below the first one, the call was made before, and nothing changes.
 */
export const PUBLISH = defineScript(
  'publish',
  `${SCRIPT_START}${APPEND}
local node, name, n = ARGV[1], ARGV[3], tonumber(ARGV[8])
local limits = {tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])}
local known = redis.call('HMGET', KEYS[2], name .. ':g', name .. ':n:' .. node)
local g, last = count(known[1]) or 0, count(known[2]) or 0
if n <= last then return {now, g, last} end
for i = 9, #ARGV, 2 do
  g = append(KEYS, name, node, n, ARGV[i], ARGV[i + 1], limits)
  n = n + 1
end
return {now, g, last}
`,
);

/**
 * Where the streams stand. KEYS: the hash of what was sent, then streams. ARGV after node and notAfter: their names.
 * Answers `{now, id, g, …}`: the id of the last entry, empty when there is none, and the number of the last one written.
 */
export const TAIL = defineScript(
  'tail',
  `${SCRIPT_START}
local reply = {now}
for i = 2, #KEYS do
  local last = redis.call('XREVRANGE', KEYS[i], '+', '-', 'COUNT', 1)[1]
  reply[#reply + 1] = last and last[1] or ''
  reply[#reply + 1] = count(redis.call('HGET', KEYS[1], ARGV[i + 1] .. ':g')) or 0
end
return reply
`,
);

/** Reads entries of a stream. KEYS: the stream. ARGV after node and notAfter: the first id, the last one, how many. */
export const RANGE = defineScript(
  'range',
  `${SCRIPT_START}
return {now, redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[4], 'COUNT', ARGV[5])}
`,
);

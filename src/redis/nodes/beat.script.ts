import { SCRIPT_START } from '../link/script-start.js';
import { defineScript } from '../link/script.js';

/**
 * Says that this node lives, and answers which others do.
 *
 * `KEYS[1]` is the hash of nodes. On the partition of tables and streams more keys follow: the hash of what was sent,
 * then three tables, each with its ends, then the two streams.
 * `ARGV[3]` is the last beat of this node that was answered, or empty; `ARGV[4]` its rules; `ARGV[5]` the node TTL in
 * milliseconds; `ARGV[6]` is `look` when nothing may be changed.
 *
 * Answers `{now, outcome, nodes, state}`. `nodes` alternates ids and `<beat>:<rules>`. With an outcome other than `ok`
 * nothing was changed:
 * - `same`: after `look`, when the beat that was answered is there; `nodes` follows it
 * - `lost`: the beat that was answered is not there, so Redis lost memory
 * - `away`: the beat is older than the TTL, so others counted this node as dead
 * - `rules`: nodes with other rules live; `nodes` follows it
 */
export const BEAT = defineScript(
  'beat',
  `${SCRIPT_START}
local node, acknowledged, rules, ttl = ARGV[1], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local all = redis.call('HGETALL', KEYS[1])
local nodes, silent, others = {}, {}, false
local mine
for i = 1, #all, 2 do
  local beat, theirs = string.match(all[i + 1], '^(%d+):(.*)$')
  beat = tonumber(beat) or 0
  if all[i] == node then mine = beat
  elseif now - beat > 10 * ttl then silent[#silent + 1] = all[i]
  else
    nodes[#nodes + 1] = all[i]
    nodes[#nodes + 1] = all[i + 1]
    if now - beat <= ttl and theirs ~= rules then others = true end
  end
end
if acknowledged then
  if not mine or mine < acknowledged then return {now, 'lost'} end
  if now - mine > ttl then return {now, 'away'} end
elseif others then
  return {now, 'rules', nodes}
end
if ARGV[6] == 'look' then return {now, 'same', nodes} end

for _, id in ipairs(silent) do
  redis.call('HDEL', KEYS[1], id)
  if KEYS[2] then redis.call('HDEL', KEYS[2], 'control:n:' .. id, 'bus:n:' .. id) end
end
redis.call('HSET', KEYS[1], node, now .. ':' .. rules)
redis.call('PEXPIRE', KEYS[1], 600000)
nodes[#nodes + 1] = node
nodes[#nodes + 1] = now .. ':' .. rules
if not KEYS[2] then return {now, 'ok', nodes} end

redis.call('PEXPIRE', KEYS[2], 86400000)
local state = {}
for i = 3, 8, 2 do
  for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i + 1], '-inf', now, 'LIMIT', 0, 100)) do
    redis.call('ZREM', KEYS[i + 1], entry)
    redis.call('HDEL', KEYS[i], entry)
  end
  state[#state + 1] = redis.call('HGET', KEYS[i], '#') or ''
end
for i, stream in ipairs({'control', 'bus'}) do
  local last = redis.call('XREVRANGE', KEYS[8 + i], '+', '-', 'COUNT', 1)[1]
  local sent = redis.call('HMGET', KEYS[2], stream .. ':g', stream .. ':n:' .. node)
  state[#state + 1] = last and last[1] or ''
  state[#state + 1] = sent[1] or ''
  state[#state + 1] = sent[2] or ''
end
return {now, 'ok', nodes, state}
`,
);

/** Takes this node out of the nodes that live. `KEYS[1]` is the hash of nodes. */
export const LEAVE = defineScript(
  'leave',
  `${SCRIPT_START}
redis.call('HDEL', KEYS[1], ARGV[1])
return {now}
`,
);

import { defineScript } from './script.js';

/**
 * Tries what the other scripts need. `KEYS[1]` is a stream that is made for this; the keys after it are hashes of nodes
 * of other formats. `ARGV[3]` is the node TTL in milliseconds.
 *
 * Answers `{now, whether there is cmsgpack, the error of XADD or '', the number of the first key with a live node or 0}`.
 */
export const PROBE = defineScript(
  'probe',
  `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local packs = rawget(_G, 'cmsgpack') and cmsgpack.pack({1}) and 1 or 0
local added = redis.pcall('XADD', KEYS[1], 'MINID', '~', '0', '*', 'f', 'v')
redis.pcall('PEXPIRE', KEYS[1], 5000)
local strange = 0
for i = #KEYS, 2, -1 do
  for _, value in ipairs(redis.call('HGETALL', KEYS[i])) do
    local beat = tonumber(string.match(value, '^(%d+):'))
    if beat and now - beat <= tonumber(ARGV[3]) then strange = i end
  end
end
return {now, packs, type(added) == 'table' and added.err or '', strange}
`,
);

/** The reply of {@link PROBE}. */
export type ProbeReply = readonly [now: number, packs: number, xaddError: string, strange: number];

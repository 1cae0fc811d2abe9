/**
 * How every script begins: `now` is the server's time in whole milliseconds, and a script that comes too late does
 * nothing.
 */
export const SCRIPT_START = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[2] ~= '' and now > tonumber(ARGV[2]) then return {now} end
`;

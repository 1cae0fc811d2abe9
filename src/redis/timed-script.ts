/** Lua: the time of the server, microseconds. */
export const SERVER_TIME = `(function() local t = redis.call('TIME') return t[1] * 1000000 + t[2] end)()`;

/**
 * The start that all scripts share: `us` and `now` are the time in micro- and milliseconds, and a call that comes too late
 * does nothing.
 *
 * @param time Lua for the time, microseconds; a test gives its own
 */
export function timed(body: string, time: string): string {
  return `
local us = ${time}
local now = math.floor(us / 1000)
if ARGV[2] ~= '' and now > tonumber(ARGV[2]) then return {now} end
${body.trim()}
`.trimStart();
}

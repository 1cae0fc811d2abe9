/**
 * A number that scripts have stored. What cannot be one counts as nothing: `inf` and `nan` are numbers of Lua, and nothing
 * could exceed them.
 *
 * @returns undefined unless it is a whole number from 0 to 2^53
 */
export function countOf(text: string): number | undefined {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

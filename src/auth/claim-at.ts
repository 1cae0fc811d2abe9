/**
 * Reads a claim by its name, or by a path with dots such as `realm_access.roles`. A name that has dots itself, such as
 * `https://app.example.com/roles`, comes before a path.
 *
 * @returns undefined if there is no such claim
 */
export function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
  const members = claims as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(members, path)) return members[path];
  // The names on the way may have dots too, such as the name of a client.
  for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1)) {
    const name = path.slice(0, dot);
    const found = Object.hasOwn(members, name) ? claimAt(members[name], path.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The strings of a claim that is a string or a list. */
export function stringsOf(claim: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return list.filter((entry): entry is string => typeof entry === 'string' && entry !== '');
}

/**
 * Kinds of characters that are refused in text, unless its property allows them. `control`: C0 control characters
 * including NUL, except tab and line ends. `bidi`: characters that embed, override or isolate a direction (UAX #9 §2)
 * and so can change the apparent order of text.
 *
 * @publicApi
 */
export type CharacterKind = 'control' | 'bidi';

const RANGES: Readonly<Record<CharacterKind, string>> = {
  control: String.raw`\u0000-\u0008\u000b\u000c\u000e-\u001f`,
  bidi: String.raw`\u202a-\u202e\u2066-\u2069`,
};

const KINDS = Object.keys(RANGES) as CharacterKind[];

const ALLOWED = 'ws-security:allowed-characters';

/**
 * Allows characters in the text of a property that are refused by default.
 *
 * @publicApi
 */
export const AllowCharacters =
  (...kinds: CharacterKind[]): PropertyDecorator =>
  (target, property) =>
    Reflect.defineMetadata(ALLOWED, kinds, target, property);

export function allowedCharacters(prototype: object, property: string): readonly CharacterKind[] {
  return (Reflect.getMetadata(ALLOWED, prototype, property) as CharacterKind[] | undefined) ?? [];
}

/** Matches a refused character; undefined if all are allowed. */
export function refusedCharacters(allowed: readonly CharacterKind[]): RegExp | undefined {
  const ranges = KINDS.filter((kind) => !allowed.includes(kind)).map((kind) => RANGES[kind]);
  return ranges.length === 0 ? undefined : new RegExp(`[${ranges.join('')}]`);
}

const PATTERNS = {
  control: refusedCharacters(['bidi']) as RegExp,
  bidi: refusedCharacters(['control']) as RegExp,
};

export function hasRefusedCharacters(text: string, allowed: readonly CharacterKind[] = []): boolean {
  return KINDS.some((kind) => !allowed.includes(kind) && PATTERNS[kind].test(text));
}

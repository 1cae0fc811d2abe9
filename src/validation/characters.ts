/**
 * Characters that text from outside may not have unless its property says so: `control` are those of C0
 * but tab and line ends, NUL among them; `bidi` are those that embed, override or isolate a direction (UAX #9 §2), which
 * make text read otherwise than it is.
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
 * Lets the text of a property have characters that are refused otherwise.
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

/** Matches a character that text may not have; undefined when it may have every one. */
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

/**
 * Characters that text from outside may not have unless its property says so: `control` are those of C0
 * but tab and line ends, NUL among them; `bidi` are those that embed, override or isolate a direction (UAX #9 §2), which
 * make text read otherwise than it is.
 *
 * @publicApi
 */
export type CharacterKind = 'control' | 'bidi';

const PATTERNS: Readonly<Record<CharacterKind, RegExp>> = {
  // eslint-disable-next-line no-control-regex
  control: /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/,
  bidi: /[\u202a-\u202e\u2066-\u2069]/,
};

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

export function hasRefusedCharacters(text: string, allowed: readonly CharacterKind[] = []): boolean {
  return (
    (!allowed.includes('control') && PATTERNS.control.test(text)) ||
    (!allowed.includes('bidi') && PATTERNS.bidi.test(text))
  );
}

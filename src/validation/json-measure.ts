/** Limits for the JSON of one message. */
export interface JsonLimits {
  /** Depth of nested objects and arrays; the outermost has depth 1. */
  readonly maxJsonDepth: number;
  /** Number of values of every kind, including the outermost. */
  readonly maxJsonNodes: number;
  /** Number of elements of one array. */
  readonly maxArrayLength: number;
}

/** The length of a value that exceeds a limit; longer than any text. */
export const OUT_OF_BOUNDS = Infinity;

const QUOTES = 2;
/** Quotes, colon, and the comma or bracket after the value. */
const MEMBER_SIGNS = 4;
/** Length of `true` and `null`; `false` has one character more. */
const LITERAL = 4;

/**
 * Walks a parsed value once. It checks the limits and adds up the least number of characters that a text of the value
 * has. If the text is not longer, it contains no duplicate members.
 */
export class JsonMeasure {
  private nodes = 0;
  private members = 0;

  constructor(private readonly limits: JsonLimits) {}

  /** Number of members since `start()`. */
  get memberCount(): number {
    return this.members;
  }

  /** @returns the least length of an object without members */
  start(): number {
    this.nodes = 1;
    this.members = 0;
    return 1;
  }

  /** @returns the least length of one member of the outermost object; 0 for a member that does not exist */
  ofMember(name: string, value: unknown): number {
    if (value === undefined) return 0;
    this.members += 1;
    this.nodes += 1;
    const length = name.length + MEMBER_SIGNS + this.of(value, 2);
    return this.nodes > this.limits.maxJsonNodes ? OUT_OF_BOUNDS : length;
  }

  private of(value: unknown, depth: number): number {
    return typeof value === 'object' && value !== null ? this.ofContainer(value, depth) : lengthOfLeaf(value);
  }

  private ofContainer(value: object, depth: number): number {
    if (depth > this.limits.maxJsonDepth) return OUT_OF_BOUNDS;
    const length = Array.isArray(value) ? this.ofArray(value, depth + 1) : this.ofObject(value, depth + 1);
    return this.nodes > this.limits.maxJsonNodes ? OUT_OF_BOUNDS : length;
  }

  private ofArray(items: unknown[], depth: number): number {
    if (items.length > this.limits.maxArrayLength) return OUT_OF_BOUNDS;
    this.nodes += items.length;
    let length = 1;
    for (let at = 0; at < items.length; at += 1) length += 1 + this.of(items[at], depth);
    return length;
  }

  private ofObject(object: object, depth: number): number {
    let members = 0;
    let length = 1;
    // Results of JSON.parse() have no inherited enumerable properties.
    for (const key in object) {
      if (isForbiddenKey(key)) return OUT_OF_BOUNDS;
      members += 1;
      length += key.length + MEMBER_SIGNS + this.of((object as Record<string, unknown>)[key], depth);
    }
    this.members += members;
    this.nodes += members;
    return length;
  }
}

/** Names that could change the prototype of an object that they are copied to. */
function isForbiddenKey(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

function lengthOfLeaf(value: unknown): number {
  if (typeof value === 'string') return value.length + QUOTES;
  return typeof value === 'number' ? leastDigits(value) : LITERAL;
}

function leastDigits(value: number): number {
  if (value === Infinity || value === -Infinity) return OUT_OF_BOUNDS;
  // `1.5`, `100` and `1e9` have three characters, and no number of this kind has fewer.
  if (value >= 100 || !Number.isInteger(value)) return 3;
  return value >= 0 && value < 10 ? 1 : 2;
}

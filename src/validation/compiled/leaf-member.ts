import { isPlainArray } from './json-shape.js';
import type { Member } from './member.interface.js';
import type { Check } from './rule-checks.js';
import type { Sanitization } from './transformations.js';

export interface LeafRules {
  readonly isOptional: boolean;
  /** Whether the property is declared as an array or a set. */
  readonly isList: boolean;
  readonly isInteger: boolean;
  readonly refused: RegExp | undefined;
  readonly sanitizations: readonly Sanitization[];
  readonly checks: readonly Check[];
}

/** A property that is a string, a number, a boolean, null, or a list of them. */
export class LeafMember implements Member {
  constructor(
    readonly name: string,
    private readonly rules: LeafRules,
  ) {}

  take(given: unknown): unknown {
    let value: unknown = given;
    if (typeof given === 'object' && given !== null) {
      if (!isPlainArray(given)) return undefined;
      value = given.slice();
    }
    for (const sanitize of this.rules.sanitizations) value = sanitize(value);
    return this.holds(value) ? value : undefined;
  }

  mayStay(initial: unknown): boolean {
    return (!Array.isArray(initial) || isPlainArray(initial)) && this.holds(initial);
  }

  private holds(value: unknown): boolean {
    const { isOptional, isList, checks } = this.rules;
    if (value === undefined || value === null) {
      if (isOptional) return true;
    } else if (Array.isArray(value)) {
      for (const item of value) if (item !== null && !this.isLeaf(item)) return false;
    } else if (isList || !this.isLeaf(value)) return false;
    for (const check of checks) if (!check(value)) return false;
    return true;
  }

  private isLeaf(value: unknown): boolean {
    const { refused, isInteger } = this.rules;
    if (typeof value === 'string') return refused === undefined || !refused.test(value);
    if (typeof value === 'number') return !isInteger || Number.isSafeInteger(value);
    return typeof value === 'boolean';
  }
}

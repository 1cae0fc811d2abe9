import type { ClassAcceptor } from './class-acceptor.js';
import { isPlainArray } from './json-shape.js';
import type { Member } from './member.interface.js';
import type { Check } from './rule-checks.js';
import type { NestedType } from './transformations.js';

export interface NestedRules {
  readonly isOptional: boolean;
  readonly mayBeList: boolean;
  readonly mayBeObject: boolean;
  readonly nested: NestedType;
  readonly checks: readonly Check[];
}

/** A property that is an instance of a compiled class, or a list of them. */
export class NestedMember implements Member {
  constructor(
    readonly name: string,
    private readonly rules: NestedRules,
    private readonly acceptor: ClassAcceptor,
  ) {}

  take(given: unknown): unknown {
    const { isOptional, mayBeList, mayBeObject, nested, checks } = this.rules;
    if (given === null) return isOptional ? null : undefined;
    if (!nested.isUnchanged()) return undefined;
    const isList = Array.isArray(given);
    if (isList ? !mayBeList : !mayBeObject) return undefined;
    const taken = isList ? this.items(given) : this.acceptor.accept(given);
    if (taken === undefined) return undefined;
    for (const check of checks) if (!check(taken)) return undefined;
    return taken;
  }

  mayStay(initial: unknown): boolean {
    return this.rules.isOptional && (initial === undefined || initial === null);
  }

  private items(given: unknown): unknown {
    if (!isPlainArray(given)) return undefined;
    const items: unknown[] = [];
    for (const item of given) {
      const taken = this.acceptor.accept(item);
      if (taken === undefined) return undefined;
      items.push(taken);
    }
    return items;
  }
}

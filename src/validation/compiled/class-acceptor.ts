import { isPlainObject } from './json-shape.js';
import type { Member } from './member.interface.js';

type Body = Record<string, unknown>;

export type DtoClass = new () => Body;

/** Creates instances of one class from values that are certainly valid. Never refuses a value. */
export class ClassAcceptor {
  private readonly members = new Map<string, Member>();

  /**
   * @param initial names of the properties that its constructor sets
   */
  constructor(
    private readonly type: DtoClass,
    private readonly initial: readonly string[],
  ) {}

  add(member: Member): void {
    this.members.set(member.name, member);
  }

  /** @returns the instance that class-transformer would create and class-validator would accept; undefined if unsure */
  accept(value: unknown): Body | undefined {
    if (!isPlainObject(value)) return undefined;
    const body = this.blank();
    if (body === undefined) return undefined;
    const names = Object.keys(value);
    for (const name of names) {
      const member = this.members.get(name);
      if (member === undefined) return undefined;
      const taken = member.take(value[name]);
      if (taken === undefined) return undefined;
      body[name] = taken;
    }
    return names.length === this.members.size || this.mayLackOthers(value, body) ? body : undefined;
  }

  /** A new instance; undefined if its constructor behaved differently this time. */
  private blank(): Body | undefined {
    const body = new this.type();
    let at = 0;
    // Includes inherited properties, because Object.prototype should have no enumerable ones.
    for (const name in body) {
      if (name !== this.initial[at] || typeof body[name] === 'function') return undefined;
      at += 1;
    }
    return body;
  }

  private mayLackOthers(value: Body, body: Body): boolean {
    for (const member of this.members.values())
      if (!Object.hasOwn(value, member.name) && !member.mayStay(body[member.name])) return false;
    return true;
  }
}

import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Principal } from '../connection/principal.js';
import { ACCESS_AUTHENTICATED, ACCESS_PUBLIC, ACCESS_ROLES, ACCESS_SCOPES } from './access.decorators.js';

// oxlint-disable-next-line typescript/no-unsafe-function-type -- what Nest calls a handler and a class
type Callable = Function;

/** Who may send an event. Anonymous only when `isPublic`. */
export interface AccessRule {
  readonly isPublic: boolean;
  /** One of them is enough. */
  readonly roles: readonly string[] | undefined;
  /** All of them are needed. */
  readonly scopes: readonly string[] | undefined;
}

/** Reads the access decorators once per handler. A handler's override the class's, kind by kind. */
@Injectable()
export class AccessRuleReader {
  private readonly rules = new WeakMap<Callable, WeakMap<Callable, AccessRule>>();

  constructor(private readonly reflector: Reflector) {}

  ruleOf(gateway: Callable, handler: Callable): AccessRule {
    let rules = this.rules.get(gateway);
    if (!rules) this.rules.set(gateway, (rules = new WeakMap()));
    let rule = rules.get(handler);
    if (!rule) rules.set(handler, (rule = this.read(gateway, handler)));
    return rule;
  }

  private read(gateway: Callable, handler: Callable): AccessRule {
    if (this.isOpenTo(handler)) return { isPublic: true, roles: undefined, scopes: undefined };
    const restricted = this.isRestricted(handler);
    if (!restricted && this.isOpenTo(gateway)) return { isPublic: true, roles: undefined, scopes: undefined };
    const places = [handler, gateway];
    return {
      isPublic: false,
      roles: this.reflector.getAllAndOverride<string[] | undefined>(ACCESS_ROLES, places),
      scopes: this.reflector.getAllAndOverride<string[] | undefined>(ACCESS_SCOPES, places),
    };
  }

  /** Public beside a restriction at the same place is a contradiction: the restriction holds. */
  private isOpenTo(place: Callable): boolean {
    return (
      this.reflector.get<boolean | undefined>(ACCESS_PUBLIC, place) === true && !this.isRestricted(place)
    );
  }

  private isRestricted(place: Callable): boolean {
    return [ACCESS_AUTHENTICATED, ACCESS_ROLES, ACCESS_SCOPES].some(
      (key) => this.reflector.get<unknown>(key, place) !== undefined,
    );
  }
}

/** Whether roles and scopes of the principal satisfy the rule. */
export function isAllowed(rule: AccessRule, principal: Principal): boolean {
  if (rule.isPublic) return true;
  if (principal.id === null) return false;
  if (rule.roles && !rule.roles.some((role) => principal.roles.includes(role))) return false;
  return !rule.scopes || rule.scopes.every((scope) => principal.scopes.includes(scope));
}

import { Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Callable, declaredOf } from '../nest/handler-metadata.js';
import type { Principal } from '../connection/principal.js';
import { ACCESS_AUTHENTICATED, ACCESS_PUBLIC, ACCESS_ROLES, ACCESS_SCOPES } from './access.decorators.js';

/** The access rule of an event. Anonymous principals may send it only if `isPublic` is true. */
export interface AccessRule {
  readonly isPublic: boolean;
  /** The principal needs one of these roles. */
  readonly roles: readonly string[] | undefined;
  /** The principal needs all of these scopes. */
  readonly scopes: readonly string[] | undefined;
}

/** Reads the access decorators once per handler. A decorator of the handler overrides the same one of the class. */
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
    const own: Declarations = (key) => declaredOf(key, gateway, handler);
    const common: Declarations = (key) => this.reflector.get(key, gateway);
    if (isOpen(own) || (!isRestricted(own) && isOpen(common)))
      return { isPublic: true, roles: undefined, scopes: undefined };
    return {
      isPublic: false,
      roles: (own(ACCESS_ROLES) ?? common(ACCESS_ROLES)) as string[] | undefined,
      scopes: (own(ACCESS_SCOPES) ?? common(ACCESS_SCOPES)) as string[] | undefined,
    };
  }
}

/** Reads the access decorators of a handler or a class. */
type Declarations = (key: string) => unknown;

/** If `@WsPublic()` and a restriction are at the same place, the restriction applies. */
function isOpen(declared: Declarations): boolean {
  return declared(ACCESS_PUBLIC) === true && !isRestricted(declared);
}

function isRestricted(declared: Declarations): boolean {
  return [ACCESS_AUTHENTICATED, ACCESS_ROLES, ACCESS_SCOPES].some((key) => declared(key) !== undefined);
}

/** The right that the principal lacks, as security events name it; undefined if it lacks none. */
export function missingRight({ roles, scopes }: AccessRule, principal: Principal): string | undefined {
  if (roles && !roles.some((role) => principal.roles.includes(role))) return `role ${roles.join(' or ')}`;
  const missing = scopes?.filter((scope) => !principal.scopes.includes(scope)) ?? [];
  return missing.length > 0 ? `scope ${missing.join(' ')}` : undefined;
}

/** Whether the roles and scopes of the principal satisfy the rule. */
export function isAllowed(rule: AccessRule, principal: Principal): boolean {
  if (rule.isPublic) return true;
  if (principal.id === null) return false;
  if (rule.roles && !rule.roles.some((role) => principal.roles.includes(role))) return false;
  return !rule.scopes || rule.scopes.every((scope) => principal.scopes.includes(scope));
}

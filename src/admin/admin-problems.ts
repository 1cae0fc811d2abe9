import type { ConfigurationProblem } from '../errors/configuration.error.js';
import type { OperatorRights } from './access/operator-principal.js';
import type { WsAdminOptions } from './ws-admin-options.js';

const NAME = 'WsAdminModule';
const PATH = /^(\/[A-Za-z0-9._~-]+)+$/;

/** The problems of `WsAdminModule.forRoot()`, which may have been called with anything. */
export function adminProblems({
  path,
  guards,
  page,
  read,
  write,
  operator,
}: Partial<WsAdminOptions>): ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const require = (isMet: boolean, message: string): void => {
    if (!isMet) problems.push({ name: NAME, message });
  };
  require(Array.isArray(guards) &&
    guards.length >
      0, 'must have a guard, for example WsAdminModule.forRoot({ guards: [BearerOperatorGuard] })');
  require(!Array.isArray(guards) ||
    guards.every((guard) => typeof guard === 'function'), 'must have classes as guards');
  require(path === undefined ||
    (typeof path === 'string' &&
      PATH.test(path)), 'must have a path such as /ws-admin, without parameters and wildcards');
  require(page === undefined || typeof page === 'boolean', 'must have true or false as page');
  require(isRights(read), 'must have lists of scopes or roles as read, and at least one entry');
  require(isRights(write), 'must have lists of scopes or roles as write, and at least one entry');
  require(operator === undefined || typeof operator === 'function', 'must have a function as operator');
  return problems;
}

function isRights(rights: OperatorRights | undefined): boolean {
  if (rights === undefined) return true;
  const lists: unknown[] = [rights.scopes ?? [], rights.roles ?? []];
  const names = lists.flat();
  return (
    lists.every((list) => Array.isArray(list)) &&
    names.length > 0 &&
    names.every((name) => typeof name === 'string' && name !== '')
  );
}

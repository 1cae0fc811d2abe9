import { allowedCharacters, refusedCharacters } from '../characters.js';
import { type Class, type PropertyRules, rulesOf } from '../class-rules.js';
import { isDeclaredList, isInteger } from '../overlooked-errors.js';
import { ClassAcceptor, type DtoClass } from './class-acceptor.js';
import { initialNamesOf } from './initial-names.js';
import { LeafMember } from './leaf-member.js';
import type { Member } from './member.interface.js';
import { NestedMember } from './nested-member.js';
import { checksOf } from './rule-checks.js';
import { hasType, isExposedAsItIs, nestedTypeOf, sanitizationsOf } from './transformations.js';

type Acceptors = Map<Class, ClassAcceptor>;

const known = new WeakMap<Class, ClassAcceptor | undefined>();

/** @returns undefined for a class with features that only class-validator and class-transformer support */
export function acceptorOf(type: Class): ClassAcceptor | undefined {
  if (known.has(type)) return known.get(type);
  const compiled: Acceptors = new Map();
  const acceptor = compile(type, compiled);
  known.set(type, acceptor);
  // A class that contains itself was assumed to be supported. This holds if all its other members are.
  if (acceptor) for (const [other, itsAcceptor] of compiled) known.set(other, itsAcceptor);
  return acceptor;
}

function compile(type: Class, compiled: Acceptors): ClassAcceptor | undefined {
  const found = compiled.get(type);
  if (found) return found;
  const initial = isExposedAsItIs(type) ? initialNamesOf(type) : undefined;
  if (!initial) return undefined;
  const acceptor = new ClassAcceptor(type as unknown as DtoClass, initial);
  compiled.set(type, acceptor);
  for (const property of rulesOf(type)) {
    const member = property.isNested ? nestedMember(type, property, compiled) : leafMember(type, property);
    if (!member) return undefined;
    acceptor.add(member);
  }
  return acceptor;
}

function leafMember(type: Class, property: PropertyRules): Member | undefined {
  const { name, designType, conditions } = property;
  const checks = checksOf(type, property);
  const sanitizations = sanitizationsOf(type, name);
  if (!checks || !sanitizations || hasType(type, name) || designType === Map) return undefined;
  return new LeafMember(name, {
    isOptional: conditions.length > 0,
    isList: isDeclaredList(designType),
    isInteger: isInteger(property),
    refused: refusedCharacters(allowedCharacters(type.prototype as object, name)),
    sanitizations,
    checks,
  });
}

function nestedMember(type: Class, property: PropertyRules, compiled: Acceptors): Member | undefined {
  const { name, designType, conditions } = property;
  const checks = checksOf(type, property);
  const nested = nestedTypeOf(type, property);
  if (!checks || !nested || sanitizationsOf(type, name)?.length !== 0) return undefined;
  if (designType === Set || designType === Map) return undefined;
  const acceptor = compile(nested.type, compiled);
  if (!acceptor) return undefined;
  const isOpen = designType === undefined || designType === Object;
  const rules = {
    isOptional: conditions.length > 0,
    mayBeList: isOpen || designType === Array,
    mayBeObject: designType !== Array,
    nested,
    checks,
  };
  return new NestedMember(name, rules, acceptor);
}

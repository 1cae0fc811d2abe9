import { types } from 'node:util';
import { ValidationTypes } from 'class-validator';
import { BUILT_IN_RULES, type PropertyRules, type Rule } from '../../validation/class-rules.js';
import { combined } from './combined.js';
import { isScalar, type JsonSchema, noted } from './json-schema.js';
import { ruleSchemaOf } from './rule-schemas.js';

const { CUSTOM_VALIDATION, IS_DEFINED } = ValidationTypes;
const NOT_NULL: JsonSchema = { not: { type: 'null' } };
const NOT_EMPTY: JsonSchema = { not: { enum: ['', null] } };

/** A schema for one kind of a property's rules: those for the value, or those for its elements. */
export function schemaOfRules({ rules }: PropertyRules, each: boolean): JsonSchema {
  const own = rules.filter((rule) => isForEach(rule) === each && isCheck(rule));
  const schemas = own.filter(({ name }) => !isPresence(name)).map(schemaOfRule);
  return withPresence(combined(schemas), own);
}

/** Undefined for a decorator with other options than `each`. */
const isForEach = ({ each }: Partial<Rule>): boolean => each === true;

const isCheck = ({ type }: Rule): boolean => type === CUSTOM_VALIDATION || type === IS_DEFINED;

const isPresence = (name: unknown): boolean => name === 'isDefined' || name === 'isNotEmpty';

function schemaOfRule(rule: Rule): JsonSchema {
  const { name, constraints = [], validateIf } = rule;
  if (name === undefined || !BUILT_IN_RULES.has(name)) return noted({ rules: [{ rule: nameOf(rule) }] });
  const args = constraints.map((one) => (types.isRegExp(one) ? String(one) : one)).filter(isPlain);
  const note = { rule: name, ...(args.length > 0 && { arguments: args }) };
  if (validateIf) return noted({ rules: [{ ...note, conditional: true }] });
  const { schema, isExact } = ruleSchemaOf(name, constraints);
  return isExact ? schema : noted({ rules: [note] }, schema);
}

/** The name of a rule of the application. */
function nameOf({ name, constraintCls }: Rule): string {
  const own: { readonly name?: string } | undefined = constraintCls;
  return name ?? own?.name ?? 'custom';
}

const isPlain = (value: unknown): boolean =>
  isScalar(value) || (Array.isArray(value) && value.length > 0 && value.every(isScalar));

/** A type or a list of values says more than that a value must be there. */
function withPresence(schema: JsonSchema, rules: readonly Rule[]): JsonSchema {
  const isDefined = rules.some(({ name, validateIf }) => name === 'isDefined' && !validateIf);
  const isNotEmpty = rules.some(({ name, validateIf }) => name === 'isNotEmpty' && !validateIf);
  const presence: JsonSchema[] = [];
  if (isNotEmpty) presence.push(schema['type'] === 'string' ? { minLength: 1 } : NOT_EMPTY);
  else if (isDefined && schema['type'] === undefined) presence.push(NOT_NULL);
  return combined([schema, ...presence]);
}

import { isDeepStrictEqual } from 'node:util';
import { type Class, rulesOf } from '../../validation/class-rules.js';
import { brokenMembers } from '../../validation/guarded-validation.js';
import { overlookedErrors } from '../../validation/overlooked-errors.js';
import { isConditional } from './conditions.js';
import { isScalar } from './json-schema.js';

type Instance = Readonly<Record<string, unknown>>;

/** Numbers above are probably times, which would be different in every document. */
const MAX_DEFAULT = 1_000_000_000;

/** The state of properties that a client does not send. */
export interface InitialValues {
  /** Names of the properties that must be sent, because what is there without them is not valid. */
  readonly required: ReadonlySet<string>;
  /** Values of initializers that are the same for every instance. */
  readonly defaults: ReadonlyMap<string, unknown>;
}

/** Finds out what a new instance of a class lacks, by the rules of its properties. */
export function initialValuesOf(type: Class): InitialValues {
  const [one, other] = [blank(type), blank(type)];
  const checked = rulesOf(type).filter((property) => !isConditional(property));
  if (!one || !other) return { required: new Set(checked.map(({ name }) => name)), defaults: new Map() };
  const broken = brokenIn(one);
  const missing = checked.filter(({ name }) => broken.has(name));
  const names = rulesOf(type).map(({ name }) => name);
  const constant = names.filter(
    (name) => !broken.has(name) && isDefault(one[name]) && isDeepStrictEqual(one[name], other[name]),
  );
  return {
    required: new Set(missing.map(({ name }) => name)),
    defaults: new Map(constant.map((name) => [name, one[name]])),
  };
}

function brokenIn(instance: object): ReadonlySet<string> {
  const names = brokenMembers(instance);
  try {
    return new Set([...names, ...overlookedErrors(instance).map(({ path }) => path.split('.')[0] as string)]);
  } catch {
    // A condition of the application needs more than an empty object.
    return names;
  }
}

function blank(type: Class): Instance | undefined {
  try {
    return new (type as unknown as new () => Instance)();
  } catch {
    return undefined;
  }
}

function isDefault(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isScalar(value) && !(typeof value === 'number' && Math.abs(value) > MAX_DEFAULT);
}

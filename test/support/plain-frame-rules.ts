import { MemberList, readJson } from './json-reader.js';

export const LIMITS = { maxJsonDepth: 4, maxJsonNodes: 12, maxArrayLength: 3 };
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/** A plain implementation of the rules, without optimisation. */
export function isAcceptable(text: string): boolean {
  const root = readJson(text);
  if (!(root instanceof MemberList)) return false;
  const envelope = new Map(root.members);
  const event = envelope.get('event');
  const id = envelope.get('id');
  return (
    root.members.every(([name]) => ['event', 'data', 'id'].includes(name)) &&
    typeof event === 'string' &&
    event !== '' &&
    event.length <= 128 &&
    (id === undefined || (typeof id === 'string' && id.length <= 128) || isExact(id)) &&
    isWithin(root, 1) &&
    nodesOf(root) <= LIMITS.maxJsonNodes
  );
}

const isExact = (id: unknown): boolean =>
  Number.isSafeInteger(id) || (Number.isFinite(id) && !Number.isInteger(id));

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return isUnicode(value);
  if (Array.isArray(value)) {
    const isSmall = depth <= LIMITS.maxJsonDepth && value.length <= LIMITS.maxArrayLength;
    return isSmall && value.every((item) => isWithin(item, depth + 1));
  }
  if (!(value instanceof MemberList)) return true;
  const names = value.members.map(([name]) => name);
  return (
    depth <= LIMITS.maxJsonDepth &&
    new Set(names).size === names.length &&
    value.members.every(
      ([name, item]) => !FORBIDDEN.has(name) && isUnicode(name) && isWithin(item, depth + 1),
    )
  );
}

const isUnicode = (text: string): boolean => Buffer.from(text).toString() === text;

function nodesOf(value: unknown): number {
  const inside =
    value instanceof MemberList ? value.members.map(([, item]) => item) : Array.isArray(value) ? value : [];
  return inside.reduce<number>((sum, item) => sum + nodesOf(item), 1);
}

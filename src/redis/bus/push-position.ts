import type { Position } from '../../nodes/broadcast-bus.js';

const MS_DIGITS = 14;
const SEQUENCE_DIGITS = 10;
const INDEX_DIGITS = 3;
/** The index after all pushes of a batch. */
const END = 999;

/** A place in the stream of pushes, as text that sorts as they do. */
export interface PushPlace {
  /** The entry, as text that sorts as entries do. */
  readonly key: string;
  /** Which push of the entry. */
  readonly index: number;
}

/** @param id of an entry: `<ms>-<sequence>` */
export function keyOf(id: string): string {
  const dash = id.indexOf('-');
  return `${id.slice(0, dash).padStart(MS_DIGITS, '0')}-${id.slice(dash + 1).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** The id of an entry. */
export function idOfKey(key: string): string {
  return `${Number(key.slice(0, MS_DIGITS))}-${Number(key.slice(MS_DIGITS + 1))}`;
}

export function positionIn(key: string, index: number): Position {
  return `${key}.${String(index).padStart(INDEX_DIGITS, '0')}`;
}

/** Behind all pushes of an entry. */
export function positionAfter(key: string): Position {
  return positionIn(key, END);
}

/** Undefined for what is no position. */
export function readPosition(position: Position): PushPlace | undefined {
  if (!/^\d{14}-\d{10}\.\d{3}$/.test(position)) return undefined;
  const dot = position.indexOf('.');
  return { key: position.slice(0, dot), index: Number(position.slice(dot + 1)) };
}

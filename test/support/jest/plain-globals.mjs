/*
 * The globals that most code uses. In a context of node:vm each look at a global calls out of the engine, and takes
 * thirty times as long as one at an import.
 */
export const {
  Array,
  BigInt,
  Boolean,
  Buffer,
  Error,
  JSON,
  Map,
  Math,
  Number,
  Object,
  Promise,
  Reflect,
  Set,
  String,
  Symbol,
  Uint8Array,
  WeakMap,
} = globalThis;

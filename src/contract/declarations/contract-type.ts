/** A schema of https://standardschema.dev, of zod, valibot, ArkType or another library. @publicApi */
export interface ContractSchema {
  readonly '~standard': { readonly vendor: string };
}

/**
 * What a client receives: a class with class-validator rules, a schema, `String`, `Number` or `Boolean`, a list with one
 * of these for a list of them, or null.
 *
 * @publicApi
 */
export type ContractType =
  | (abstract new (...args: never[]) => object)
  | ContractSchema
  | StringConstructor
  | NumberConstructor
  | BooleanConstructor
  | readonly [ContractType]
  | null;

/**
 * What may be given for an option, and what is then in force. Schemas of zod are such; the declarations of this package
 * do not need those of zod, which take a compiler seconds to check.
 *
 * @publicApi
 */
export interface OptionSchema<Given = unknown, InForce = unknown> {
  readonly '~standard': { readonly types?: { readonly input: Given; readonly output: InForce } | undefined };
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly data?: InForce;
    readonly error?: { readonly issues: readonly { readonly message: string }[] };
  };
}

/** An option: its environment variable, its schema, and for a secret the variable that names a file. @publicApi */
export interface OptionDefinition<Given = unknown, InForce = unknown> {
  readonly variable: string;
  readonly schema: OptionSchema<Given, InForce>;
  readonly file?: string;
}

/** Options by their names in code. @publicApi */
export type OptionsTable = Readonly<Record<string, OptionDefinition>>;

/** The values of a table that can be given in code. @publicApi */
export type GivenOptions<T extends OptionsTable> = {
  [K in keyof T]?: T[K] extends OptionDefinition<infer Given> ? Given | undefined : never;
};

/** The values of a table after defaults are applied. @publicApi */
export type OptionsInForce<T extends OptionsTable> = {
  [K in keyof T]: T[K] extends OptionDefinition<unknown, infer InForce> ? InForce : never;
};

/** Creates a row of a table. @param file for a secret, the variable that names a file with the value */
export function option<Given, InForce>(
  variable: string,
  schema: OptionSchema<Given, InForce>,
  file?: string,
): OptionDefinition<Given, InForce> {
  return file === undefined ? { variable, schema } : { variable, schema, file };
}

/** All environment variables of a table. */
export function variablesOf(table: OptionsTable): string[] {
  return Object.values(table).flatMap(({ variable, file }) =>
    file === undefined ? [variable] : [variable, file],
  );
}

import type { z } from 'zod';

/** An option: its environment variable, its schema, and for a secret the variable that names a file. @publicApi */
export interface OptionDefinition<T extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly schema: T;
  readonly file?: string;
}

/** Options by their names in code. @publicApi */
export type OptionsTable = Readonly<Record<string, OptionDefinition>>;

/** The values of a table that can be given in code. @publicApi */
export type GivenOptions<T extends OptionsTable> = {
  [K in keyof T]?: z.input<T[K]['schema']> | undefined;
};

/** The values of a table after defaults are applied. @publicApi */
export type OptionsInForce<T extends OptionsTable> = { [K in keyof T]: z.output<T[K]['schema']> };

/** Creates a row of a table. @param file for a secret, the variable that names a file with the value */
export function option<T extends z.ZodType>(variable: string, schema: T, file?: string): OptionDefinition<T> {
  return file === undefined ? { variable, schema } : { variable, schema, file };
}

/** All environment variables of a table. */
export function variablesOf(table: OptionsTable): string[] {
  return Object.values(table).flatMap(({ variable, file }) =>
    file === undefined ? [variable] : [variable, file],
  );
}

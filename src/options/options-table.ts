import type { z } from 'zod';

/** One option: its variable, what it may be, and, for a secret, the variable that names a file with it. @publicApi */
export interface OptionDefinition<T extends z.ZodType = z.ZodType> {
  readonly variable: string;
  readonly schema: T;
  readonly file?: string;
}

/** Options by their name in code. @publicApi */
export type OptionsTable = Readonly<Record<string, OptionDefinition>>;

/** What may be given of a table in code. @publicApi */
export type GivenOptions<T extends OptionsTable> = {
  [K in keyof T]?: z.input<T[K]['schema']> | undefined;
};

/** The options of a table as they are in force. @publicApi */
export type OptionsInForce<T extends OptionsTable> = { [K in keyof T]: z.output<T[K]['schema']> };

/** A row of a table. @param file the variable that names a file with the value, for a secret */
export function option<T extends z.ZodType>(variable: string, schema: T, file?: string): OptionDefinition<T> {
  return file === undefined ? { variable, schema } : { variable, schema, file };
}

/** The variables that are read for a table. */
export function variablesOf(table: OptionsTable): string[] {
  return Object.values(table).flatMap(({ variable, file }) =>
    file === undefined ? [variable] : [variable, file],
  );
}

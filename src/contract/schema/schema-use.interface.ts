import type { Class } from '../../validation/class-rules.js';
import type { JsonSchema } from './json-schema.js';

/** A property that the rules of a class do not know. */
export interface AddedProperty {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** How schemas are used, and where those of nested classes are. */
export interface SchemaUse {
  /** Whether clients send the value, so that it is converted, validated and bounded. Otherwise they receive it. */
  readonly isInput: boolean;
  /** The most elements of a list that a client may send. */
  readonly maxArrayLength: number;
  /** A reference to the schema of a class. */
  refOf(type: Class): JsonSchema;
  /** The schema of a class itself, with one more property. */
  objectOf(type: Class, added: AddedProperty): JsonSchema;
}

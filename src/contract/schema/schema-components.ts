import type { ParameterSchema } from '../../nest/parameter-schema.js';
import type { Class } from '../../validation/class-rules.js';
import { UniqueNames } from '../unique-names.js';
import { bounded } from './bounded.js';
import { classSchema } from './class-schema.js';
import { hoisted } from './hoisted.js';
import type { JsonSchema } from './json-schema.js';
import { librarySchema, type SchemaConverters } from './schema-library.js';
import type { SchemaUse } from './schema-use.interface.js';

/** The schemas of a document, each under a name of its own. */
export class SchemaComponents {
  private readonly schemas = new Map<string, JsonSchema>();
  private readonly names = new UniqueNames();
  private readonly inputs = new Map<object, string>();
  private readonly outputs = new Map<object, string>();
  readonly input: SchemaUse;
  readonly output: SchemaUse;

  constructor(
    maxArrayLength: number,
    private readonly converters: SchemaConverters = {},
  ) {
    this.input = this.useOf(true, maxArrayLength);
    this.output = this.useOf(false, maxArrayLength);
  }

  /** A reference to a schema of a library. @param name for the schema, if it is new */
  ofLibrary(schema: ParameterSchema, name: string, use: SchemaUse): JsonSchema {
    return this.known(schema, name, use, (own) => {
      const { vendor } = schema['~standard'];
      const converted = librarySchema(schema, use.isInput ? 'input' : 'output', this.converters);
      const names = new Map([['', own]]);
      const nameOf = (definition: string): string => {
        const moved = names.get(definition) ?? this.names.take(definition);
        names.set(definition, moved);
        return moved;
      };
      const { root, definitions } = hoisted(
        use.isInput ? bounded(converted, vendor, use) : converted,
        nameOf,
      );
      for (const [definition, one] of definitions) this.schemas.set(definition, one);
      return root;
    });
  }

  /** A schema of the document itself. */
  add(name: string, schema: JsonSchema): JsonSchema {
    const unique = this.names.take(name);
    this.schemas.set(unique, schema);
    return refTo(unique);
  }

  /** All schemas by name, in the order of their names. */
  all(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.schemas].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  private useOf(isInput: boolean, maxArrayLength: number): SchemaUse {
    const use: SchemaUse = {
      isInput,
      maxArrayLength,
      refOf: (type: Class) => this.known(type, type.name, use, () => classSchema(type, use)),
      objectOf: (type, added) => classSchema(type, use, added),
    };
    return use;
  }

  private known(key: object, wanted: string, use: SchemaUse, make: (name: string) => JsonSchema): JsonSchema {
    const known = use.isInput ? this.inputs : this.outputs;
    let name = known.get(key);
    if (name === undefined) {
      // What clients send and what they receive has two schemas: what is received may have more properties.
      name = this.names.take(!use.isInput && this.inputs.has(key) ? `${wanted}Output` : wanted);
      known.set(key, name);
      this.schemas.set(name, make(name));
    }
    return refTo(name);
  }
}

const refTo = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

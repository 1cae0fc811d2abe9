import { Parser } from '@asyncapi/parser';

/** Rules that compare a document with the JSON Schema of AsyncAPI. */
const STRUCTURE = ['asyncapi-document-resolved', 'asyncapi-document-unresolved'];

/** The parser of AsyncAPI. It compiles the JSON Schema of AsyncAPI once, and not anew for each document. */
class OnceCompilingParser extends Parser {
  /** Compiled schemas are kept for as long as this: otherwise it is the document. */
  private readonly keeper = {};

  constructor() {
    super();
    for (const name of STRUCTURE) this.keepSchemaOf(name);
  }

  private keepSchemaOf(name: string): void {
    const rule = this.spectral.ruleset?.rules[name];
    if (!rule) throw new Error(`the parser of AsyncAPI has no rule ${name}`);
    for (const step of rule.then) {
      const { function: check } = step;
      step.function = (value, options, context) => {
        const documentInventory = this.keeper as typeof context.documentInventory;
        return check(value, options, { ...context, documentInventory });
      };
    }
  }
}

const parser = new OnceCompilingParser();

/** What is wrong with a document of AsyncAPI, and how many operations its parser finds in it. */
export async function parseAsyncApi(document: object): Promise<{ problems: string[]; operations: number }> {
  const { document: parsed, diagnostics } = await parser.parse(JSON.stringify(document));
  const problems = diagnostics
    .filter(({ code }) => code !== 'asyncapi-latest-version')
    .map(({ code, message }) => `${code}: ${message}`);
  return { problems, operations: parsed?.operations().all().length ?? 0 };
}

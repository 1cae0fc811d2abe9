// Lists the public names of each entry point from the built declarations, in docs/public-names.md.
// `--check` compares instead of writing, and fails as well when a public name needs one that is not public.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative, resolve } from 'node:path';
import process from 'node:process';

/** An `import` would first search all of the compiler for its exports. */
const ts = createRequire(import.meta.url)('typescript');

const PAGE = 'docs/public-names.md';
const KINDS = ['Classes', 'Functions and decorators', 'Constants', 'Types'];

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.entries(manifest.exports)
  .filter(([, target]) => target.import !== undefined)
  .map(
    ([
      path,
      {
        import: { types },
      },
    ]) => ({ name: path.replace('.', manifest.name), file: resolve(types) }),
  );

const options = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  skipLibCheck: true,
  strict: true,
  types: [],
};

/** Reads this package alone: what others declare is not listed, and reading it takes most of the time. */
function hostOfOwn() {
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, from, redirect, given, source) =>
    literals.map((literal) => {
      if (!literal.text.startsWith('.')) return { resolvedModule: undefined };
      const mode = ts.getModeForUsageLocation(source, literal, given);
      return ts.resolveModuleName(literal.text, from, given, host, undefined, redirect, mode);
    });
  return host;
}

const program = ts.createProgram(
  entries.map(({ file }) => file),
  options,
  hostOfOwn(),
);
const checker = program.getTypeChecker();
const built = resolve('dist');

const original = (symbol) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const isOurs = (node) => node.getSourceFile().fileName.startsWith(built);

/** The public names of an entry point with what they stand for. */
function exportsOf({ file }) {
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`${relative('.', file)} is missing: npm run build:lib`);
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(source))
    .map((symbol) => ({ name: symbol.name, symbol: original(symbol) }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function kindOf({ name, flags, declarations }) {
  if (flags & ts.SymbolFlags.Class) return 'Classes';
  if (flags & ts.SymbolFlags.Function) return 'Functions and decorators';
  if (!(flags & ts.SymbolFlags.Variable)) return 'Types';
  const types = declarations.map((declaration) => checker.getTypeAtLocation(declaration));
  const isCalled = types.some((type) => type.getCallSignatures().length > 0);
  if (types.some((type) => type.flags & ts.TypeFlags.Any))
    throw new Error(`the type of ${name} is of another package`);
  return isCalled ? 'Functions and decorators' : 'Constants';
}

function firstSentenceOf(symbol) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll(/\s+/g, ' ');
  return /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

/** The names at the top of our modules that a declaration mentions. */
function namesIn(declaration) {
  const found = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      const target = symbol && original(symbol);
      const isTop = target?.declarations?.some((one) => {
        const statement = ts.isVariableDeclaration(one) ? one.parent.parent : one;
        return isOurs(one) && ts.isSourceFile(statement.parent);
      });
      if (isTop) found.add(target);
    }
    ts.forEachChild(node, visit);
  };
  visit(declaration);
  return found;
}

/** What is public in one entry point may be used in another, but nothing else may. */
function unexported(exported) {
  const known = new Set(exported.map(({ symbol }) => symbol));
  return exported
    .flatMap(({ name, symbol }) =>
      (symbol.declarations ?? []).filter(isOurs).flatMap((declaration) =>
        [...namesIn(declaration)]
          .filter((needed) => !known.has(needed))
          .map((needed) => {
            const [{ fileName }] = needed.declarations.map((one) => one.getSourceFile());
            return `${name} needs ${needed.name}, which is not public (${relative(built, fileName)})`;
          }),
      ),
    )
    .filter((line, index, lines) => lines.indexOf(line) === index);
}

const undocumented = [];

function pageOf(lists) {
  const lines = ['# Public names', '', 'Made from the code by `npm run public-names`.'];
  for (const { entry, exported } of lists) {
    lines.push('', `## \`${entry.name}\``);
    for (const kind of KINDS) {
      const own = exported.filter(({ symbol }) => kindOf(symbol) === kind);
      if (own.length === 0) continue;
      lines.push('', `### ${kind}`, '');
      for (const { name, symbol } of own) {
        const sentence = firstSentenceOf(symbol);
        if (sentence === '') undocumented.push(name);
        lines.push(sentence === '' ? `- \`${name}\`` : `- \`${name}\`: ${sentence}`);
      }
    }
  }
  return `${lines.join('\n')}\n`;
}

const lists = entries.map((entry) => ({ entry, exported: exportsOf(entry) }));
const everything = lists.flatMap(({ exported }) => exported);
const problems = unexported(everything);
const page = pageOf(lists);
if (!process.argv.includes('--check')) writeFileSync(PAGE, page);
else if (readFileSync(PAGE, 'utf8') !== page) problems.push(`${PAGE} is out of date: npm run public-names`);
for (const name of new Set(undocumented)) problems.push(`${name} has no docstring`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;

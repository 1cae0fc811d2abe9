import { pathToFileURL } from 'node:url';
import { dirname } from 'node:path';
import type * as TypeScript from 'typescript';

type Compiler = typeof TypeScript;

/** What the members of `import.meta` are in a file. */
const META: Record<string, (file: string) => string> = {
  url: (file) => pathToFileURL(file).href,
  filename: (file) => file,
  dirname: (file) => dirname(file),
};

/** Translates an ES module to CommonJS. */
export function toCommonJs(ts: Compiler, file: string, code: string): string {
  const { outputText } = ts.transpileModule(code, {
    fileName: file.replace(/\.mjs$/, '.js'),
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
      allowJs: true,
    },
    transformers: { before: code.includes('import.meta') ? [withoutMeta(ts, file)] : [] },
  });
  return outputText;
}

function withoutMeta(ts: Compiler, file: string): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return (context) => {
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (!ts.isPropertyAccessExpression(node) || !ts.isMetaProperty(node.expression))
        return ts.visitEachChild(node, visit, context);
      const value = META[node.name.text]?.(file);
      return value === undefined ? ts.factory.createVoidZero() : ts.factory.createStringLiteral(value);
    };
    return (source) => ts.visitEachChild(source, visit, context);
  };
}

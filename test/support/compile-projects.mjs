// What `tsc -p` says about each of these configuration files, as a JSON list of texts, and with what it emits. The
// declarations of the repository's packages are read and checked once for all projects; those of TypeScript itself are
// not checked.
import { dirname, resolve, sep } from 'node:path';
import process from 'node:process';
import ts from 'typescript';

const PACKAGES = resolve('node_modules') + sep;
const isOfPackage = (file) => resolve(file).startsWith(PACKAGES);

/** By name and by how their module is read. */
const parsed = new Map();
const checked = new Set();

function hostFor(options) {
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, language, ...rest) => {
    if (!isOfPackage(file)) return getSourceFile(file, language, ...rest);
    const key = `${file} ${language.languageVersion} ${language.impliedNodeFormat}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(file, language, ...rest));
    return parsed.get(key);
  };
  return host;
}

/** What is wrong in a file. */
function errorsIn(program, file) {
  if (checked.has(file)) return [];
  if (isOfPackage(file.fileName)) checked.add(file);
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
}

function compile(path) {
  const { config = {}, error } = ts.readConfigFile(path, (file) => ts.sys.readFile(file));
  const forced = { skipDefaultLibCheck: true };
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(
    config,
    ts.sys,
    dirname(path),
    forced,
    path,
  );
  const host = hostFor(options);
  const program = ts.createProgram(fileNames, options, host, undefined, errors);
  const found = [
    ...(error ? [error] : []),
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSourceFiles().flatMap((file) => errorsIn(program, file)),
    ...program.emit().diagnostics,
  ];
  return ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(found), host);
}

console.log(JSON.stringify(process.argv.slice(2).map((path) => compile(resolve(path)))));

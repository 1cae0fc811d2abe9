// What a compiler says about each of these configuration files, as a JSON list of texts, and with what it emits, as
// `node compile-projects.mjs <package of the compiler> <configuration files>`. The declarations of the repository's
// packages are read and checked once for all projects; those of TypeScript itself are not checked.
import { createRequire } from 'node:module';
import { dirname, resolve, sep } from 'node:path';
import process from 'node:process';
import { CleanDeclarations } from './clean-declarations.mjs';

const [, , compiler, ...projects] = process.argv;
// An `import` would first search all of the compiler for its exports.
const ts = createRequire(import.meta.url)(compiler);

const PACKAGES = resolve('node_modules') + sep;
const isOfPackage = (file) => resolve(file).startsWith(PACKAGES);

/** By name and by how their module is read. */
const parsed = new Map();
const checked = new Set();
const clean = new CleanDeclarations(ts, isOfPackage);
let areAllClean = true;

function hostFor(options) {
  const host = ts.createCompilerHost(options);
  // As for the compiler's own command.
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors;
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (file, language, ...rest) => {
    if (!isOfPackage(file)) return getSourceFile(file, language, ...rest);
    const key = `${file} ${language.languageVersion} ${language.impliedNodeFormat}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(file, language, ...rest));
    return parsed.get(key);
  };
  return host;
}

const errorsIn = (program, file) => [
  ...program.getSyntacticDiagnostics(file),
  ...program.getSemanticDiagnostics(file),
];

/** What is wrong in the declarations of packages that no program before has had. */
function errorsInPackages(program) {
  clean.enter(program);
  const files = program.getSourceFiles().filter((file) => isOfPackage(file.fileName) && !checked.has(file));
  for (const file of files) checked.add(file);
  if (areAllClean && clean.areKnown) return [];
  const errors = files.flatMap((file) => errorsIn(program, file));
  areAllClean &&= errors.length === 0;
  if (areAllClean) clean.keep();
  return errors;
}

/** What is wrong in the files of the project, and of what is not among the repository's packages. */
const errorsInOthers = (program) =>
  program
    .getSourceFiles()
    .filter((file) => !isOfPackage(file.fileName))
    .flatMap((file) => errorsIn(program, file));

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
    ...errorsInPackages(program),
    ...errorsInOthers(program),
    ...program.emit().diagnostics,
  ];
  return ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(found), host);
}

console.log(JSON.stringify(projects.map((path) => compile(resolve(path)))));

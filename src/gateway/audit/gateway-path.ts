/** Parameters and wildcards of common routers, and syntax of regular expressions. */
const PATTERN = /:[A-Za-z_$]|[*{}()[\]^|]|\.\+|\$$/;

/** The problem of the path of a gateway; undefined if clients can request it. */
export function pathProblem(path: unknown): string | undefined {
  if (typeof path !== 'string')
    return "must have a string as its path; write @SecureGateway({ path: '/ws' })";
  if (PATTERN.test(path))
    return (
      `has the path ${JSON.stringify(path)}, but a path is compared byte for byte and has no parameters or wildcards; ` +
      'give it a path of its own, such as /ws, and read variable parts from a message, or from the query in a connect guard'
    );
  const asked = askedFor(path);
  if (asked === path) return undefined;
  return `has the path ${JSON.stringify(path)}, which no request can have; clients would request ${asked}`;
}

/** The path that a client requests (WHATWG URL): percent-encoded, without dot segments, query and fragment. */
function askedFor(path: string): string {
  return new URL(`ws://localhost${path}`).pathname;
}

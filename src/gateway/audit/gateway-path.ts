/** Parameters and wildcards of the routers that people know, and what only a regular expression has. */
const PATTERN = /:[A-Za-z_$]|[*{}()[\]^|]|\.\+|\$$/;

/** What is wrong with the path of a gateway; undefined when clients can ask for it. */
export function pathProblem(path: unknown): string | undefined {
  if (typeof path !== 'string') return "must name its path as a text; write @SecureGateway({ path: '/ws' })";
  if (PATTERN.test(path))
    return (
      `has the path ${JSON.stringify(path)}, but a path is compared byte for byte and has no parameters or wildcards; ` +
      'give it a path of its own, such as /ws, and take what varies from a message, or from the query in a connect guard'
    );
  const asked = askedFor(path);
  if (asked === path) return undefined;
  return `has the path ${JSON.stringify(path)}, which no request can have; clients would ask for ${asked}`;
}

/** What a client makes of a path (WHATWG URL): percent-encoded, without dot segments, query and fragment. */
function askedFor(path: string): string {
  return new URL(`ws://localhost${path}`).pathname;
}

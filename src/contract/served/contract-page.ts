import { createHash } from 'node:crypto';
import type { AsyncApiDocument } from '../ws-contract.js';
import { escaped } from './escaped.js';
import { operationsHtml } from './operations-html.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; }
h3 { margin-bottom: .25rem; }
code, pre { font: .875em/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .4rem; }
section { border-top: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
.tag { font-size: .8rem; padding: 0 .4rem; border: 1px solid currentColor; border-radius: .4rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .2rem 1rem .2rem 0; }
`;

/** The page has no script and loads nothing. */
export const CONTRACT_PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A page for readers. @param json the address of the document itself */
export function contractPage(document: AsyncApiDocument, json: string): string {
  const { info, components } = document;
  const facts = document['x-ws-security'] as {
    closeCodes: { code: number; name: string; reconnect: string }[];
  };
  const codes = facts.closeCodes.map(
    ({ code, name, reconnect }) =>
      `<tr><td>${code}</td><td>${escaped(name)}</td><td>${escaped(reconnect)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped(info.title)} <small>${escaped(info.version)}</small></h1>
${info.description === undefined ? '' : `<p>${escaped(info.description)}</p>`}
<p><a href="${escaped(json)}">AsyncAPI 3.0 document</a></p>
${operationsHtml(document)}
<h2>Schemas</h2>
${Object.entries(components['schemas'] ?? {})
  .map(([name, schema]) => `<h3 id="${escaped(name)}">${escaped(name)}</h3>\n${jsonHtml(schema)}`)
  .join('\n')}
<h2>Close codes</h2>
<table><tr><th>Code</th><th>Name</th><th>Reconnect</th></tr>${codes.join('')}</table>
</body>
</html>
`;
}

function jsonHtml(value: unknown): string {
  return `<pre>${escaped(JSON.stringify(value, null, 2))}</pre>`;
}

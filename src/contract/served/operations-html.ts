import type { AsyncApiDocument } from '../ws-contract.js';
import { escaped } from './escaped.js';

interface Reference {
  readonly $ref: string;
}

interface Operation {
  readonly action: 'receive' | 'send';
  readonly channel: Reference;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly messages: readonly Reference[] };
  readonly 'x-ws-security'?: object;
}

/** The operations of each channel, in the order of the document. */
export function operationsHtml(document: AsyncApiDocument): string {
  const operations = Object.entries(document.operations) as [string, Operation][];
  return Object.entries(document.channels)
    .map(([name, channel]) => {
      const own = operations.filter(
        ([
          ,
          {
            channel: { $ref },
          },
        ]) => $ref === `#/channels/${name}`,
      );
      const { address } = channel as { address: string | null };
      return `<h2><code>${escaped(String(address))}</code></h2>\n${own.map(([id, one]) => operationHtml(document, id, one)).join('\n')}`;
    })
    .join('\n');
}

function operationHtml(document: AsyncApiDocument, id: string, operation: Operation): string {
  const { action, messages, reply, 'x-ws-security': facts } = operation;
  const direction = action === 'receive' ? 'client → server' : 'server → client';
  return `<section>
<h3><code>${escaped(id)}</code> <span class="tag">${direction}</span></h3>
${messages.map((one) => messageHtml(document, one)).join('\n')}
${reply ? `<h4>Replies</h4>\n${reply.messages.map((one) => messageHtml(document, one)).join('\n')}` : ''}
${facts ? `<h4>Access and limits</h4>\n<pre>${escaped(JSON.stringify(facts, null, 2))}</pre>` : ''}
</section>`;
}

function messageHtml(document: AsyncApiDocument, { $ref }: Reference): string {
  const message = resolve(document, $ref) as Partial<Reference> & { name?: string; payload?: object };
  // Messages of the protocol are the same everywhere.
  if (message.$ref !== undefined)
    return `<p><code>${escaped(message.$ref.split('/').at(-1) ?? '')}</code></p>`;
  const { name = '', payload = {} } = message;
  const frame = deref(document, payload) as { properties?: { data?: object } };
  const { data = {} } = frame.properties ?? {};
  const type = '$ref' in data ? String(data.$ref).split('/').at(-1) : undefined;
  const link = type === undefined ? '' : `: <a href="#${escaped(type)}">${escaped(type)}</a>`;
  return `<p><code>${escaped(name)}</code>${link}</p>\n<pre>${escaped(JSON.stringify(deref(document, data), null, 2))}</pre>`;
}

const deref = (document: AsyncApiDocument, schema: object): unknown =>
  '$ref' in schema ? resolve(document, String(schema.$ref)) : schema;

/** Names in references of this document need no escapes (RFC 6901 §3). */
function resolve(document: AsyncApiDocument, reference: string): unknown {
  let found: unknown = document;
  for (const name of reference.split('/').slice(1))
    found = (found as Record<string, unknown> | undefined)?.[name];
  return found ?? {};
}

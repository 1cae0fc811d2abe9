import { Ajv } from 'ajv';
import fc from 'fast-check';
import { type AsyncApiDocument, WsContract, WsContractModule } from 'nestjs-ws-security';
import { EXTENSION, type JsonSchema } from '../../src/contract/schema/json-schema.js';
import { CONVERTERS, ShapesGateway } from '../support/contract/shapes.gateway.js';
import { changed, resolve, valuesOf } from '../support/contract/values-of.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

/** Bodies of which JSON Schema says everything. */
const EXACT = [
  'nested',
  'list',
  'tree',
  'union',
  'enum',
  'optional',
  'numbers',
  'inherited',
  'mapped',
  'each',
  'renamed',
  'bidi',
  'zod',
  'zod.union',
  'zod.thread',
  'ark',
  'valibot',
];

/** One for all schemas: the first thing that each one compiles is the schema of schemas. */
const ajv = new Ajv({ strict: false });

let running: RunningApp;
let document: AsyncApiDocument;
let client: TestClient;

beforeAll(async () => {
  running = await startApp({
    gateways: [ShapesGateway],
    module: { imports: [WsContractModule.forRoot({ converters: CONVERTERS })] },
    options: {
      rateLimit: 1_000_000,
      frameRate: 1_000_000,
      frameBurst: 1_000_000,
      byteRate: 2 ** 30,
      strikeLimit: 1_000_000,
    },
  });
  document = running.app.get(WsContract).document();
  client = await TestClient.connect(`${running.url}/shapes`, { token: await mintToken() });
});

afterAll(async () => {
  await client?.close();
  await running?.app.close();
});

/** The schema of the data of a request. */
function dataOf(event: string): JsonSchema {
  const { messages } = document.channels['shapes'] as { messages: Record<string, { payload: JsonSchema }> };
  const { properties } = resolve(document, String(messages[event]?.payload['$ref']));
  return (properties as Record<string, JsonSchema>)['data'] ?? {};
}

/** A schema with everything that it refers to, except to itself. */
function whole(schema: unknown, outer: readonly string[] = []): unknown {
  if (Array.isArray(schema)) return schema.map((one) => whole(one, outer));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref } = schema as { $ref?: string };
  if ($ref !== undefined) return outer.includes($ref) ? {} : whole(resolve(document, $ref), [...outer, $ref]);
  return Object.values(schema)
    .map((one) => whole(one, outer))
    .concat(Object.keys(schema));
}

describe.each(EXACT)('bodies of %s', (event) => {
  it('are accepted as the schema says, and refused if one thing is changed so that it does not fit', async () => {
    const data = dataOf(event);
    expect(JSON.stringify(whole(data))).not.toContain(EXTENSION);
    const accepts = ajv.compile({ ...data, components: document.components });
    const seen = { accepted: 0, refused: 0 };
    // The libraries count UTF-16 code units, JSON Schema counts characters.
    const isCountedTheSame = (value: unknown): boolean =>
      !event.match(/zod|ark|valibot/) || !JSON.stringify(value).includes('😀');
    const values = valuesOf(data, document).filter((value) => accepts(value) && isCountedTheSame(value));
    const cases = values.chain((value) => fc.tuple(fc.constant(value), changed(value)));
    await fc.assert(
      fc.asyncProperty(cases, async (bodies) => {
        for (const body of bodies) {
          const isAccepted = accepts(body);
          const reply = await client.request(event, body);
          if ((reply.event === event) !== isAccepted)
            throw new Error(JSON.stringify({ body, isAccepted, reply, schema: data }));
          seen[isAccepted ? 'accepted' : 'refused'] += 1;
        }
      }),
      { numRuns: Number(process.env.RUNS ?? 60) },
    );
    expect(seen.accepted).toBeGreaterThanOrEqual(60);
    expect(seen.refused).toBeGreaterThan(10);
  });
});

import { get } from 'node:https';
import { get as plainGet } from 'node:http';

/** Nothing waits this long unless the service has failed, on a slow and busy machine either. */
const DEADLINE_MS = 30_000;

/** How many connections the reference service says it has. */
export function connectionsOf(url: string): Promise<number> {
  const send = url.startsWith('https:') ? get : plainGet;
  return new Promise((resolve, reject) => {
    // A connection that is kept may be ended by the service just when the next request is on its way.
    const call = send(`${url}/health`, { rejectUnauthorized: false, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { connections } = JSON.parse(Buffer.concat(chunks).toString()) as { connections: number };
        resolve(connections);
      });
    });
    call.on('error', reject);
  });
}

/** A service hears of the end of a connection a moment after its client does. */
export async function expectConnections(url: string, count: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  let connections = await connectionsOf(url);
  while (connections !== count && performance.now() < deadline) connections = await connectionsOf(url);
  expect(connections).toBe(count);
}

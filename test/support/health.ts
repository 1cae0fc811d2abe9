import { get } from 'node:https';
import { get as plainGet } from 'node:http';

const DEADLINE_MS = 3000;

/** How many connections the reference service says it has. */
export function connectionsOf(url: string): Promise<number> {
  const send = url.startsWith('https:') ? get : plainGet;
  return new Promise((resolve, reject) => {
    const call = send(`${url}/health`, { rejectUnauthorized: false }, (response) => {
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

import { get } from 'node:https';
import { get as plainGet } from 'node:http';
import { signIn } from './sign-in.js';

/** Nothing waits this long unless the service has failed, on a slow and busy machine either. */
const DEADLINE_MS = 30_000;

/** How many connections the reference service says it has, to its administrators. */
export async function connectionsOf(url: string): Promise<number> {
  return countAs(await signIn(url, 'root'), url);
}

/** A service hears of the end of a connection a moment after its client does. */
export async function expectConnections(url: string, count: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  const token = await signIn(url, 'root');
  let connections = await countAs(token, url);
  while (connections !== count && performance.now() < deadline) connections = await countAs(token, url);
  expect(connections).toBe(count);
}

function countAs(token: string, url: string): Promise<number> {
  const send = url.startsWith('https:') ? get : plainGet;
  const options = {
    rejectUnauthorized: false,
    // A connection that is kept may be ended by the service just when the next request is on its way.
    agent: false,
    headers: { authorization: `Bearer ${token}` },
  };
  return new Promise((resolve, reject) => {
    const call = send(`${url}/admin/connections`, options, (response) => {
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

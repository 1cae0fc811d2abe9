import { get } from 'node:https';
import { get as plainGet } from 'node:http';
import { signIn } from './sign-in.js';

/** Long enough for a slow and busy machine; only a failed service takes longer. */
const DEADLINE_MS = 30_000;
const PAUSE_MS = 5;

/** The number of connections that the reference service reports to an administrator. */
export async function connectionCount(url: string): Promise<number> {
  return countAs(await signIn(url, 'root'), url);
}

/** Waits until the service has `count` connections, because it notices a close later than the client. */
export async function expectConnections(url: string, count: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  const token = await signIn(url, 'root');
  let connections = await countAs(token, url);
  while (connections !== count && performance.now() < deadline) {
    // Each question takes a new connection.
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    connections = await countAs(token, url);
  }
  expect(connections).toBe(count);
}

function countAs(token: string, url: string): Promise<number> {
  const send = url.startsWith('https:') ? get : plainGet;
  const options = {
    rejectUnauthorized: false,
    // The service may close a kept connection while the next request is on its way.
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

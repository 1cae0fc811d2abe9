import { get } from 'node:https';
import { get as plainGet } from 'node:http';
import { signIn } from './sign-in.js';

/** Long enough for a slow and busy machine; only a failed service takes longer. */
const DEADLINE_MS = 30_000;
const PAUSE_MS = 5;
/** A connection may have ten seconds to end, and each question costs the service as much as a request. */
const LONGEST_PAUSE_MS = 80;

/** Of an administrator, by the service's URL. */
const tokens = new Map<string, string>();

/** The number of connections that the reference service reports to an administrator. */
export async function connectionCount(url: string): Promise<number> {
  const known = tokens.get(url);
  const counted = known === undefined ? undefined : await countAs(known, url);
  if (counted !== undefined) return counted;
  // Another service may be at the URL of an earlier one.
  const token = await signIn(url, 'root');
  tokens.set(url, token);
  return (await countAs(token, url)) as number;
}

/** Waits until the service has `count` connections, because it notices a close later than the client. */
export async function expectConnections(url: string, count: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  let connections = await connectionCount(url);
  for (let pause = PAUSE_MS; connections !== count && performance.now() < deadline; pause *= 2) {
    // Each question takes a new connection.
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, LONGEST_PAUSE_MS)));
    connections = await connectionCount(url);
  }
  expect(connections).toBe(count);
}

/** @returns undefined when the service does not know the token */
function countAs(token: string, url: string): Promise<number | undefined> {
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
        const { connections } = JSON.parse(Buffer.concat(chunks).toString()) as { connections?: number };
        resolve(connections);
      });
    });
    call.on('error', reject);
  });
}

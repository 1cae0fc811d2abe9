import { request } from 'node:https';
import { request as plainRequest } from 'node:http';

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Posts JSON to the reference service, whose certificate is self-signed. */
export function post(url: string, body: unknown, token?: string): Promise<Answer> {
  const send = url.startsWith('https:') ? request : plainRequest;
  return new Promise((resolve, reject) => {
    const call = send(
      url,
      {
        method: 'POST',
        // The service may close a kept connection while the next request is on its way.
        agent: false,
        rejectUnauthorized: false,
        headers: {
          'content-type': 'application/json',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> });
        });
      },
    );
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
}

export async function signIn(url: string, username: string, expiresInSeconds?: number): Promise<string> {
  const { body } = await post(`${url}/auth/login`, { username, expiresInSeconds });
  return body['accessToken'] as string;
}

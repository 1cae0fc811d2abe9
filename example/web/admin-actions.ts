import { RequestError, type WsClient } from 'nestjs-ws-security/client';

/** What an administrator can do to a user, or to everybody; resolves with what has happened, in words. */
export interface AdminAction {
  readonly name: string;
  readonly label: string;
  run(userId: string): Promise<string>;
}

/** One over HTTP, as a back office would do it, and one over the socket. */
export function adminActions(client: WsClient, credential: () => Promise<string | null>): AdminAction[] {
  return [
    {
      name: 'revoke',
      label: 'Withdraw access',
      run: async (userId) => {
        const { closed } = await post<{ closed: number }>('/auth/revoke', { userId }, await credential());
        return `The sign-ins of ${userId} were withdrawn, ${connections(closed)} closed.`;
      },
    },
    {
      name: 'kick',
      label: 'Disconnect',
      run: async (userId) => {
        const { kicked } = await client.request<{ kicked: number }>('admin.kick', { userId });
        return `${connections(kicked)} of ${userId} closed.`;
      },
    },
    {
      name: 'drain',
      label: 'Drain all',
      run: async () => {
        const path = '/admin/drain';
        const { draining } = await post<{ draining: number }>(path, {}, await credential());
        return `${connections(draining)} sent away, to come back by themselves.`;
      },
    },
  ];
}

/** Why an action came to nothing. */
export function failureText(error: unknown): string {
  const code = error instanceof RequestError ? error.code : null;
  if (code === 'FORBIDDEN') return 'You are not allowed to do this.';
  if (code === 'NOT_OPEN') return 'There is no connection: nothing was done.';
  return 'The server did not say that it is done. Try again in a moment.';
}

async function post<T>(path: string, body: object, token: string | null): Promise<T> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token ?? ''}` },
    body: JSON.stringify(body),
    credentials: 'omit',
    cache: 'no-store',
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return (await response.json()) as T;
}

function connections(count: number): string {
  return count === 1 ? '1 connection' : `${count} connections`;
}

import { RequestError, type WsClient } from 'nestjs-ws-security/client';
import type { ChatEvents } from '../chat-events.js';

/** An action of an administrator for one user or for all users. Resolves with a text about the result. */
export interface AdminAction {
  readonly name: string;
  readonly label: string;
  run(userId: string): Promise<string>;
}

/** Revocation and drain use HTTP, as in a back office; kick uses the socket. */
export function adminActions(
  client: WsClient<ChatEvents>,
  credential: () => Promise<string | null>,
): AdminAction[] {
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
        const { kicked } = await client.request('admin.kick', { userId });
        return `${connections(kicked)} of ${userId} closed.`;
      },
    },
    {
      name: 'drain',
      label: 'Drain all',
      run: async () => {
        const path = '/admin/drain';
        const { draining } = await post<{ draining: number }>(path, {}, await credential());
        return `Draining ${connections(draining)}. The clients will reconnect.`;
      },
    },
  ];
}

/** The text for a failed action. */
export function failureText(error: unknown): string {
  const code = error instanceof RequestError ? error.code : null;
  if (code === 'FORBIDDEN') return 'You are not allowed to do this.';
  if (code === 'NOT_OPEN') return 'There is no connection. Nothing was done.';
  return 'The server did not confirm the action. Try again in a moment.';
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

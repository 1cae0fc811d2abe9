import { WebSocket } from 'ws';
import { prepareAttempt, type Attempt, type ResumePoint } from './attempt.js';
import type { WsClientOptions } from './client-options.interface.js';
import { resolveSettings } from './client-settings.js';

function attemptOf(
  options: Partial<WsClientOptions>,
  resume: ResumePoint | null = null,
  reauthenticate = false,
): Promise<Attempt> {
  const settings = resolveSettings({ url: 'ws://example.com/ws', WebSocket, ...options });
  return prepareAttempt(settings, reauthenticate, resume);
}

describe('prepareAttempt', () => {
  it('offers the protocol of the module first, then the application, then the credential', async () => {
    const { protocols } = await attemptOf({ protocols: ['chat.v2', 'chat.v1'], token: 'abc' });
    expect(protocols).toEqual(['ws-security.v1', 'chat.v2', 'chat.v1', 'bearer.abc']);
  });

  it.each([null, ''])('offers no credential for %j', async (token) => {
    expect((await attemptOf({ token })).protocols).toEqual(['ws-security.v1']);
  });

  it('offers no protocol twice', async () => {
    const { protocols } = await attemptOf({ protocols: ['ws-security.v1', 'chat', 'chat'] });
    expect(protocols).toEqual(['ws-security.v1', 'chat']);
  });

  it('offers the resume token of a session', async () => {
    const { protocols } = await attemptOf({ token: 'abc' }, { token: 'r', seq: 7 });
    expect(protocols).toEqual(['ws-security.v1', 'bearer.abc', 'resume.r.7']);
  });

  it.each([
    ['ws://example.com/ws', 'ws://example.com/ws?ticket=a%2Fb%26'],
    ['ws://example.com/ws?room=1', 'ws://example.com/ws?room=1&ticket=a%2Fb%26'],
  ])('appends a ticket to %s, and sends the credential nowhere else', async (url, target) => {
    const attempt = await attemptOf({ url, ticket: () => 'a/b&', token: 'abc', tokenIn: 'message' });
    expect(attempt).toEqual({ url: target, protocols: ['ws-security.v1'], login: undefined });
  });

  it('keeps a token for the first message out of the handshake', async () => {
    const attempt = await attemptOf({ token: () => 'abc', tokenIn: 'message' });
    expect(attempt).toEqual({ url: 'ws://example.com/ws', protocols: ['ws-security.v1'], login: 'abc' });
  });
});

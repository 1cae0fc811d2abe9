import { CloseCode } from 'nestjs-ws-security';
import { expectClose, ManualClock, startTestApp, type TestApp, TestClient } from 'nestjs-ws-security/testing';
import { Notes, NotesGateway } from './notes.gateway.js';

describe('notes', () => {
  const saved: string[] = [];
  const clock = new ManualClock();
  let notes: TestApp;

  beforeAll(async () => {
    notes = await startTestApp({
      clock,
      gateways: [NotesGateway],
      providers: [Notes],
      options: { rateLimit: 5 },
      override: (builder) =>
        builder
          .overrideProvider(Notes)
          .useValue({ save: (_author: string, text: string) => saved.push(text) }),
    });
  });

  afterAll(() => notes.close());

  const connect = async (sub: string, roles: string[] = [], expiresIn = 3600): Promise<TestClient> =>
    TestClient.connect(`${notes.url}/notes`, { token: await notes.mintToken({ sub, roles }, { expiresIn }) });

  it('require a token', async () => {
    const { status, code } = await TestClient.refused(`${notes.url}/notes`);
    expect([status, code]).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('are added by authors and sent to all clients', async () => {
    const [author, reader] = [await connect('ann', ['author']), await connect('ben')];
    expect((await author.request('note.add', { text: 'hello' })).data).toEqual({ saved: true });
    expect((await reader.next('note.added')).data).toEqual({ text: 'hello', by: 'ann' });
    expect(saved).toEqual(['hello']);
    expect(await reader.request('note.add', { text: 'me too' })).toMatchObject({
      event: 'exception',
      data: { code: 'FORBIDDEN' },
    });
    await Promise.all([author.close(), reader.close()]);
  });

  it('are rate-limited', async () => {
    const author = await connect('cleo', ['author']);
    for (let i = 0; i < 5; i++) await author.request('note.add', { text: `note ${i}` });
    expect(await author.request('note.add', { text: 'one more' })).toMatchObject({
      data: { code: 'RATE_LIMITED' },
    });
    clock.advance(60_000);
    expect((await author.request('note.add', { text: 'now' })).data).toEqual({ saved: true });
    await author.close();
  });

  it('are no longer sent when the token has expired', async () => {
    const reader = await connect('dora', [], 90);
    clock.advance(91_000);
    await expectClose(reader, CloseCode.TOKEN_EXPIRED);
  });
});

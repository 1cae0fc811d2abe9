import { JwtModule } from '@nestjs/jwt';
import type { WsSecurityOptions } from 'nestjs-ws-security';
import { startTestApp } from 'nestjs-ws-security/testing';
import { BareNotesGateway } from '../../docs/examples/migration/bare-notes.gateway.js';
import { SecuredNotesGateway } from '../../docs/examples/migration/secured-notes.gateway.js';
import { startPlainApp } from '../support/plain-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken, SECRET } from '../support/tokens.js';

interface Running {
  url: string;
  close(): Promise<void>;
}

const jwt = JwtModule.register({ secret: SECRET });

const before = (): Promise<Running> => startPlainApp({ imports: [jwt], providers: [BareNotesGateway] });

const between = (): Promise<Running> =>
  startTestApp({
    imports: [jwt],
    gateways: [BareNotesGateway],
    forRoot: { unsecured: [BareNotesGateway] },
    logger: false,
  });

const after = (options: WsSecurityOptions = {}): Promise<Running> =>
  startTestApp({
    gateways: [SecuredNotesGateway],
    options: { jwtSecret: SECRET, authSources: ['header', 'subprotocol', 'ticket', 'query'], ...options },
    logger: false,
  });

/** What clients that know nothing of the move see: they put their token into the query. */
async function asBefore(url: string): Promise<unknown> {
  const connect = async (sub: string, roles: string[]): Promise<TestClient> =>
    TestClient.connect(`${url}/notes?token=${await mintToken({ sub, roles })}`);
  const [ann, ben] = [await connect('ann', ['editor']), await connect('ben', [])];
  ann.send({ event: 'note.add', data: { text: 'hello' } });
  const frames: unknown[] = [await ann.next(), await ann.next(), await ben.next()];
  ann.send({ event: 'note.clear' });
  frames.push(await ann.next());
  for (const wrong of [
    { event: 'note.clear' },
    { event: 'note.add', data: {} },
    { event: 'note.add', data: { text: 'x'.repeat(201) } },
  ]) {
    ben.send(wrong);
    frames.push((await ben.next()).event);
  }
  await ann.close();
  await ben.close();
  return frames;
}

const NOTE = { text: 'hello', by: 'ann' };

describe('from a bare gateway: its clients see the same', () => {
  it.each([
    ['before the move', before],
    ['while it is unsecured', between],
    ['after the move', after],
  ])('%s', async (_name, start) => {
    const running = await start();
    expect(await asBefore(running.url)).toEqual([
      { event: 'note.added', data: NOTE },
      { event: 'note.saved', data: NOTE },
      { event: 'note.added', data: NOTE },
      { event: 'note.cleared', data: null },
      'exception',
      'exception',
      'exception',
    ]);
    await running.close();
  });
});

describe('from a bare gateway: a wrong token', () => {
  it.each([
    ['before the move', before],
    ['while it is unsecured', between],
    ['after the move, with WS_REJECT_WITH=close', () => after({ rejectWith: 'close' })],
  ])('is closed with 4401, %s', async (_name, start) => {
    const running = await start();
    const client = await TestClient.connect(`${running.url}/notes?token=wrong`);
    expect((await client.closed).code).toBe(4401);
    await running.close();
  });

  it('is refused before 101, after the move', async () => {
    const running = await after();
    expect((await TestClient.refused(`${running.url}/notes?token=wrong`)).status).toBe(401);
    await running.close();
  });
});

describe('from a bare gateway: pages of other sites', () => {
  const origin = 'https://evil.example.com';

  it('connect before the move', async () => {
    const running = await before();
    const token = await mintToken();
    await (await TestClient.connect(`${running.url}/notes?token=${token}`, { origin })).close();
    await running.close();
  });

  it('are refused as soon as the module is there', async () => {
    const running = await between();
    const token = await mintToken();
    expect((await TestClient.refused(`${running.url}/notes?token=${token}`, { origin })).code).toBe(
      'ORIGIN_NOT_ALLOWED',
    );
    await running.close();
  });
});

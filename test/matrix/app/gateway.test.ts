import { CloseCode } from 'nestjs-ws-security';
import { expectClose, ManualClock, startTestApp, TestClient } from 'nestjs-ws-security/testing';
import { EchoGateway } from './app.module.js';

it('an application tests its gateway with the runner of its team', async () => {
  const clock = new ManualClock();
  const app = await startTestApp({ gateways: [EchoGateway], clock });
  expect(await TestClient.refused(`${app.url}/ws`)).toMatchObject({ status: 401 });
  const client = await TestClient.connect(`${app.url}/ws`, {
    token: await app.mintToken({}, { expiresIn: 90 }),
  });
  expect((await client.request('echo', { text: 'hi' })).data).toEqual({ text: 'hi' });
  expect((await client.request('echo', { text: 7 })).data).toMatchObject({ code: 'VALIDATION_FAILED' });
  for (let i = 0; i < 2; i++) await client.request('scarce');
  expect((await client.request('scarce')).data).toMatchObject({ code: 'RATE_LIMITED' });
  clock.advance(91_000);
  await expectClose(client, CloseCode.TOKEN_EXPIRED);
  await app.close();
});

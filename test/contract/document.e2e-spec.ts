import { Parser } from '@asyncapi/parser';
import { WsContract } from 'nestjs-ws-security';
import { ChatGateway } from '../../example/server/chat/chat.gateway.js';
import { CurrentNode } from '../../example/server/chat/current-node.js';
import { PublicGateway } from '../../example/server/chat/public.gateway.js';
import { startApp } from '../support/start-app.js';

it('parses', async () => {
  const { app } = await startApp({ gateways: [ChatGateway, PublicGateway], providers: [CurrentNode] });
  try {
    const document = app.get(WsContract).document();
    const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));
    expect(
      diagnostics.map(({ severity, code, message, path }) => [severity, code, message, path.join('/')]),
    ).toEqual([]);
    expect(parsed).toBeDefined();
  } finally {
    await app.close();
  }
});

import { readdirSync, readFileSync } from 'node:fs';
import { SubscribeMessage } from '@nestjs/websockets';
import { provide } from '@angular/core';
import { Root } from 'react';
import { mount } from 'vue';
import { ConnectionRegistry, SecureGateway } from 'nestjs-ws-security';
import { type ClientState, WsClient } from 'nestjs-ws-security/client';
import { WebSocket } from 'ws';
import * as react from '../../docs/examples/front-ends/use-ws.react.js';
import * as vue from '../../docs/examples/front-ends/use-ws.vue.js';
import { WS_CLIENT, WsService } from '../../docs/examples/front-ends/ws.service.angular.js';
import { eventually } from '../support/eventually.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class NewsGateway {
  @SubscribeMessage('nothing')
  nothing(): void {}
}

let running: RunningApp;
let client: WsClient;

beforeAll(async () => {
  running = await startApp({ gateways: [NewsGateway] });
});
afterAll(() => running.close());

beforeEach(() => {
  client = new WsClient({ url: `${running.url}/ws`, token: () => mintToken(), WebSocket });
});

const push = (text: string): void => {
  const connections = running.app.get(ConnectionRegistry).ofUser('alice');
  for (const connection of connections) connection.push('news', text);
};
const reached = (state: ClientState) => eventually(async () => expect(client.state).toBe(state));
const received = (texts: string[], expected: string[]) =>
  eventually(async () => expect(texts).toEqual(expected));
/** The pushes before the next one have been read. */
const settled = async (): Promise<void> => {
  await client.request('ping', undefined).catch(() => undefined);
};

it('the hooks of React show the state, get pushes for the latest listener, and end with the component', async () => {
  const states: ClientState[] = [];
  const texts: string[] = [];
  const component = (): void => {
    react.useWsConnection(client);
    states.push(react.useWsStatus(client).state);
    const round = states.length;
    react.useWsPush<string>(client, 'news', (text) => texts.push(`${text} ${round}`));
  };
  const root = new Root(component);
  await reached('open');
  expect(states).toEqual(['idle', 'connecting', 'open']);
  push('one');
  await received(texts, ['one 3']);
  root.render();
  push('two');
  await received(texts, ['one 3', 'two 4']);

  const { renders } = root;
  root.unmount();
  expect(client.state).toBe('closed');
  expect(root.renders).toBe(renders);

  // As in strict mode, where React mounts each component twice.
  const again = new Root(component);
  await reached('open');
  push('three');
  await received(texts, ['one 3', 'two 4', `three ${states.length}`]);
  again.unmount();
});

it('the composables of Vue show the state, get pushes, and end with the component', async () => {
  const texts: string[] = [];
  const { result: status, unmount } = mount(() => {
    vue.useWsPush<string>(client, 'news', (text) => texts.push(text));
    vue.useWsConnection(client);
    return vue.useWsStatus(client);
  });
  await reached('open');
  expect(status.value.state).toBe('open');
  push('one');
  await received(texts, ['one']);
  unmount();
  expect([client.state, status.value]).toEqual(['closed', expect.objectContaining({ state: 'closed' })]);
  await client.connect();
  expect(status.value.state).toBe('closed');
  push('two');
  await settled();
  expect(texts).toEqual(['one']);
  client.close();
});

it('the service of Angular shows the state as a signal and pushes as observables, and ends with the injector', async () => {
  provide(WS_CLIENT, client);
  const service = new WsService();
  expect(service.status().state).toBe('idle');
  await service.client.connect();
  expect(service.status().state).toBe('open');
  const texts: string[] = [];
  const subscription = service.pushes<string>('news').subscribe((text) => texts.push(text));
  push('one');
  await received(texts, ['one']);
  subscription.unsubscribe();
  push('two');
  await settled();
  expect(texts).toEqual(['one']);
  service.ngOnDestroy();
  expect([client.state, service.status().state]).toEqual(['closed', 'open']);
});

it('docs/recipes/front-ends.md shows these files', () => {
  const page = readFileSync('docs/recipes/front-ends.md', 'utf8');
  for (const name of readdirSync('docs/examples/front-ends')) {
    const file = `docs/examples/front-ends/${name}`;
    expect(page).toContain(`\`\`\`ts\n// ${file}\n${readFileSync(file, 'utf8')}\`\`\``);
  }
});

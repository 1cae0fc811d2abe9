import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { describeWithChromium, launchChromium, PAGE_TEST_MS } from '../support/chromium.js';
import { EchoGateway } from '../support/echo.gateway.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

/** Connects with the url and token of the message, and answers it with the reply and the global that it runs in. */
const WORKER = `
import { WsClient } from './client.js';

async function answer({ data, ports }) {
  const client = new WsClient(data);
  try {
    await client.connect();
    const { text } = await client.request('echo', { text: 'hi' });
    client.close();
    ports[0].postMessage([self.constructor.name, text, client.state]);
  } catch (error) {
    ports[0].postMessage([self.constructor.name, String(error)]);
  }
}
self.onmessage = answer;
self.onconnect = ({ ports: [port] }) => (port.onmessage = answer);
`;

/** How the page starts each kind of worker. */
const START = {
  dedicated: `new Worker('/worker.js', { type: 'module' })`,
  shared: `new SharedWorker('/worker.js', { type: 'module' }).port`,
  service: `await (async () => {
    await navigator.serviceWorker.register('/worker.js', { type: 'module' });
    return (await navigator.serviceWorker.ready).active;
  })()`,
};

describeWithChromium('the client in a worker of a browser', () => {
  let browser: Browser;
  let page: Page;
  let running: RunningApp;
  let server: Server;

  beforeAll(async () => {
    const files: Record<string, string> = {
      '/client.js': readFileSync('dist-client/esm/index.js', 'utf8'),
      '/worker.js': WORKER,
    };
    server = createServer((request, response) => {
      const script = files[request.url ?? ''];
      response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
      response.end(script ?? '<!doctype html><title>workers</title>');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    running = await startApp({ gateways: [EchoGateway], options: { allowedOrigins: [origin] } });
    browser = await launchChromium();
    page = await browser.newPage();
    await page.goto(origin);
  }, PAGE_TEST_MS);

  afterAll(async () => {
    await browser.close();
    await running.close();
    server.close();
  });

  /** Posts options and a token to a worker, and resolves with its answer. */
  async function ask(kind: keyof typeof START, url: string): Promise<unknown> {
    const options = JSON.stringify({ url, token: await mintToken() });
    return page.evaluate(`(async () => {
      const worker = ${START[kind]};
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
      worker.postMessage(${options}, [port2]);
      return answer;
    })()`);
  }

  it.each([
    ['dedicated', 'DedicatedWorkerGlobalScope'],
    ['shared', 'SharedWorkerGlobalScope'],
    ['service', 'ServiceWorkerGlobalScope'],
  ] as const)(
    'K3 a %s worker connects and sends a request',
    async (kind, scope) => {
      expect(await ask(kind, `${running.url}/ws`)).toEqual([scope, 'hi', 'closed']);
    },
    PAGE_TEST_MS,
  );

  it(
    'K3 a relative URL is relative to the script of the worker',
    async () => {
      const relative = `${running.url}/ws`.replace(/^\w+:/, '');
      expect(await ask('dedicated', relative)).toEqual(['DedicatedWorkerGlobalScope', 'hi', 'closed']);
    },
    PAGE_TEST_MS,
  );
});

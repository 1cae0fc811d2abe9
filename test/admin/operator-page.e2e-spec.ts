import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ConnectionRegistry, SecureGateway } from 'nestjs-ws-security';
import {
  BearerOperatorGuard,
  OperatorGuard,
  type OperatorPrincipal,
  WsAdminModule,
} from 'nestjs-ws-security/admin';
import { describeWithChromium, launchChromium, openPage, PAGE_TEST_MS } from '../support/chromium.js';
import { RedisNode } from '../support/redis-nodes.js';
import { describeWithRedis, RedisServer } from '../support/redis-server.js';
import { startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

@SecureGateway({ path: '/ws' })
class Gateway {}

/** Knows operators by a cookie, as a back office may. */
class CookieGuard extends OperatorGuard {
  override authenticate({ headers }: IncomingMessage): OperatorPrincipal | undefined {
    return headers.cookie === 'desk=olga' ? { id: 'olga', scopes: ['ws:read'] } : undefined;
  }
}

const PAGE = 'operator-page';
const ADMIN = { guards: [BearerOperatorGuard] };
const WIDE = { width: 1280, height: 720 };
const OPERATOR = { sub: 'olga', scope: 'ws:read ws:write' };
/** Markup, letters that turn a text around, and a name without end. */
const HOSTILE = [
  '<img src=x onerror="document.title=\'hit\'">',
  '\u202Etoor\u202C\u2066',
  `</script><script>alert(1)</script>${'W'.repeat(900)}`,
];

describe("the operator's page", () => {
  const urlOf = (url: string, path = '/ws-admin'): string => url.replace(/^ws/, 'http') + path;

  it('O3 inserts texts as texts only', () => {
    const code = readdirSync(PAGE)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(PAGE, name), 'utf8'))
      .join('\n');
    expect(code).not.toMatch(/(inner|outer)HTML|insertAdjacentHTML|document\.write|eval\(|new Function/);
    expect(code).not.toMatch(/localStorage|sessionStorage|indexedDB|document\.cookie|history\./);
  });

  it.each(['express', 'fastify'] as const)(
    'O3 is served without data and with a strict policy on %s',
    async (platform) => {
      const node = await startApp({
        platform,
        gateways: [Gateway],
        imports: [WsAdminModule.forRoot({ ...ADMIN, path: '/operators' })],
      });
      try {
        const { status, headers, ...response } = await fetch(urlOf(node.url, '/operators')).then(
          async (answer) => ({ status: answer.status, headers: answer.headers, text: await answer.text() }),
        );
        expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
        expect(response.text.length).toBeLessThan(30 * 1024);
        const policy = headers.get('content-security-policy') ?? '';
        expect(policy.split('; ')).toEqual([
          `default-src 'none'`,
          expect.stringMatching(/^script-src 'sha256-[\w+/]{43}='$/),
          expect.stringMatching(/^style-src 'sha256-[\w+/]{43}='$/),
          `connect-src 'self'`,
          'img-src data:',
          `base-uri 'none'`,
          `form-action 'none'`,
          `frame-ancestors 'none'`,
          `require-trusted-types-for 'script'`,
          `trusted-types 'none'`,
        ]);
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
        expect((await fetch(urlOf(node.url, '/operators/overview'))).status).toBe(401);
      } finally {
        await node.close();
      }
    },
  );

  it('can be turned off', async () => {
    const node = await startApp({
      gateways: [Gateway],
      imports: [WsAdminModule.forRoot({ ...ADMIN, page: false })],
    });
    expect((await fetch(urlOf(node.url))).status).toBe(404);
    expect((await fetch(urlOf(node.url, '/ws-admin/overview'))).status).toBe(401);
    await node.close();
    const wrong = WsAdminModule.forRoot({ ...ADMIN, page: 'no' as never });
    await expect(startApp({ gateways: [Gateway], imports: [wrong] })).rejects.toThrow(
      /true or false as page/,
    );
  });

  describeWithRedis('over several nodes', () => {
    describeWithChromium('in a browser', () => {
      let redis: RedisServer;
      let one: RedisNode;
      let other: RedisNode;
      let browser: Browser;
      let page: Page;
      let token: string;
      const complaints: string[] = [];
      const asked: string[] = [];
      const clients: TestClient[] = [];

      const start = (name: string): Promise<RedisNode> =>
        RedisNode.start(redis, {
          gateways: [Gateway],
          imports: [WsAdminModule.forRoot(ADMIN)],
          options: {
            nodeId: name,
            adminReadLimit: 10_000,
            adminWriteLimit: 10_000,
            connectRateLimit: 10_000,
          },
        });
      const connect = async (node: RedisNode, sub: string): Promise<TestClient> => {
        const client = await node.connect(sub);
        clients.push(client);
        return client;
      };
      const signIn = async (): Promise<void> => {
        await page.getByLabel('Token').fill(token);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('navigation').waitFor();
      };
      const view = (name: string) => page.getByRole('link', { name, exact: true });
      const button = (name: string | RegExp) => page.getByRole('button', { name });
      const search = async (text: string): Promise<void> => {
        await view('Connections').click();
        await page.getByLabel('Exact value').fill(text);
        await button('Search').click();
      };

      beforeAll(async () => {
        redis = await RedisServer.start();
        [one, other, browser] = await Promise.all([start('north'), start('south'), launchChromium()]);
        token = await mintToken(OPERATOR, { expiresIn: 86_400 });
        // A page for each test would need a process for each. What this one keeps, a test makes sure of.
        page = await openPage(browser, 'about:blank', complaints);
        page.on('request', (request) => asked.push(request.url()));
      }, PAGE_TEST_MS);

      beforeEach(() => page.goto(urlOf(one.url)));

      afterEach(async () => {
        await page.context().clearCookies();
        await page.setViewportSize(WIDE);
        await Promise.all(clients.splice(0).map((client) => client.close()));
        await other.running.app.get(ConnectionRegistry).whenEmpty();
        expect(complaints).toEqual([]);
      });

      afterAll(async () => {
        await browser?.close();
        await Promise.all([one?.close(), other?.close()]);
        await redis?.stop();
      });

      it(
        'finds a user, bans the user on another node, and shows the next attempt as it is refused',
        async () => {
          const mallory = await connect(other, 'mallory');
          await signIn();
          await page.getByText('2 of 2 nodes').first().waitFor();
          await search('mallory');
          await page.getByRole('cell', { name: 'south' }).waitFor();
          await page.getByRole('button', { name: 'mallory', exact: true }).click();
          await page.getByRole('table', { name: 'Limits left' }).waitFor();

          await button('Ban user …').click();
          const dialog = page.getByRole('dialog', { name: 'Ban user mallory' });
          await dialog.getByLabel('Note').fill('ticket 4711');
          await dialog.getByRole('button', { name: 'Check what it reaches' }).click();
          await dialog.getByText('It closes 1 connection (2 of 2 nodes answered).').waitFor();
          expect(mallory.isOpen).toBe(true);
          // What is changed afterwards is checked again.
          await dialog.getByLabel('End').selectOption('in 1 day');
          await dialog.getByRole('button', { name: 'Check what it reaches' }).click();
          await dialog.getByRole('button', { name: 'Ban user' }).click();
          expect((await mallory.closed).code).toBe(4403);
          await page.getByText('Done: Ban user mallory. 1 connection (2 of 2 nodes answered)').waitFor();
          await page.getByRole('table', { name: /^Bans/ }).getByText('mallory').waitFor();

          await view('Events').click();
          const row = (type: string) => page.getByRole('log').getByRole('listitem').filter({ hasText: type });
          await row('admin.ban').filter({ hasText: 'ticket 4711' }).waitFor();
          const refused = row('handshake.refused').filter({ hasText: 'BANNED' });
          expect(await refused.count()).toBe(0);
          await button('Pause').click();
          expect(await other.refusal('mallory')).toBe(403);
          await page.getByText(/^Paused, [1-9]/).waitFor();
          expect(await refused.count()).toBe(0);
          await button('Go on').click();
          await refused.filter({ hasText: 'mallory' }).filter({ hasText: 'south' }).waitFor();

          await page.getByLabel('Type').fill('admin.*');
          await button('Filter').click();
          await row('admin.ban').waitFor();
          expect(await row('handshake.refused').count()).toBe(0);

          await view('Refusals').click();
          await page.getByText('BANNED').click();
          await page.getByRole('img', { name: /^Refusals a minute from/ }).waitFor();
          await button('127.0.0.1').click();
          await page.getByText('Ban address').waitFor();

          // Who is not connected any more is found as well.
          await search('mallory');
          await button('Card of user mallory').click();
          await button('Lift …').click();
          await page.getByLabel('Note').fill('apologised');
          await button('Check what it reaches').click();
          await page.getByText('Nothing is closed').waitFor();
          await button('Lift ban').click();
          await page.getByText('Done: Lift the ban of mallory.').waitFor();
          await connect(other, 'mallory');
        },
        PAGE_TEST_MS,
      );

      it(
        'goes on with events where it was when its connection is cut',
        async () => {
          // Nodes tell what they remember one after the other.
          for (const node of [other, one, other, one]) await connect(node, 'dora');
          await signIn();
          await view('Events').click();
          await page.getByText('Live', { exact: true }).waitFor();
          await page.getByRole('log').getByText('north').first().waitFor();
          await page.getByRole('log').getByText('south').first().waitFor();
          const times = await page
            .getByRole('log')
            .locator('time')
            .evaluateAll((shown) => shown.map((time) => (time as unknown as { dateTime: string }).dateTime));
          expect(times).toEqual(times.toSorted().toReversed());
          const seen = (user: string) =>
            page.getByRole('log').getByRole('listitem').filter({ hasText: user });
          await connect(other, 'carl');
          await seen('carl').waitFor();
          const server = one.running.app.getHttpServer() as Server;
          const again = page.waitForRequest((request) => request.url().includes('/events'));
          server.closeAllConnections();
          await connect(other, 'carla');
          expect((await again).headers()['last-event-id']).toMatch(/^[\w-]+:\d+/);
          await seen('carla').waitFor();
          expect(await seen('carl').count()).toBe(2);
        },
        PAGE_TEST_MS,
      );

      it(
        'asks for no token if a guard knows the operator',
        async () => {
          const node = await startApp({
            gateways: [Gateway],
            imports: [WsAdminModule.forRoot({ guards: [CookieGuard] })],
          });
          await page.context().addCookies([{ name: 'desk', value: 'olga', url: urlOf(node.url, '/') }]);
          await page.goto(urlOf(node.url));
          await page.getByRole('table', { name: 'Nodes' }).waitFor();
          expect(await page.getByLabel('Token').isVisible()).toBe(false);
          await page.goto('about:blank');
          await node.close();
        },
        PAGE_TEST_MS,
      );

      it(
        'can be used with the keyboard alone',
        async () => {
          const bob = await connect(other, 'bob');
          const focused = (): Promise<string> =>
            page.evaluate<string>(
              `(document.activeElement.labels?.[0] ?? document.activeElement).innerText.split('\\n')[0]`,
            );
          const tabTo = async (text: string): Promise<void> => {
            const passed: string[] = [];
            for (let i = 0; i < 60; i++) {
              await page.keyboard.press('Tab');
              const at = await focused();
              passed.push(at);
              // Wherever the focus is, it is seen.
              if (at === text) {
                expect(await page.evaluate(`getComputedStyle(document.activeElement).outlineStyle`)).not.toBe(
                  'none',
                );
                return;
              }
            }
            throw new Error(`no way to ${text}: ${passed.join(', ')}`);
          };
          await page.locator('#token:focus').waitFor();
          await page.keyboard.type(token);
          await page.keyboard.press('Enter');
          await page.getByRole('table', { name: 'Nodes' }).waitFor();
          await tabTo('Connections');
          await page.keyboard.press('Enter');
          await page.getByRole('heading', { name: 'Connections' }).and(page.locator(':focus')).waitFor();
          await tabTo('Exact value');
          await page.keyboard.type('bob');
          await page.keyboard.press('Enter');
          await button('Card of user bob').waitFor();
          await tabTo('bob');
          await page.keyboard.press('Enter');
          await button('Disconnect user …').waitFor();
          await tabTo('Disconnect user …');
          await page.keyboard.press('Enter');
          // A dialog can be left, and gives the focus back.
          await page.keyboard.press('Escape');
          expect(await focused()).toBe('Disconnect user …');
          await page.keyboard.press('Enter');
          await tabTo('Note');
          await page.keyboard.type('test');
          await tabTo('Check what it reaches');
          await page.keyboard.press('Enter');
          await page.getByText('It closes 1 connection').waitFor();
          await page.keyboard.press('Enter');
          expect((await bob.closed).code).toBe(4403);
          await page.getByText('Done: Disconnect user bob').waitFor();
        },
        PAGE_TEST_MS,
      );

      it(
        'O3 keeps the token in memory only',
        async () => {
          await signIn();
          for (const name of ['Connections', 'Refusals', 'Events', 'Overview']) await view(name).click();
          await page.getByRole('table', { name: 'Nodes' }).waitFor();
          const places = await page.evaluate<string>(`(async () => JSON.stringify([
            { ...localStorage }, { ...sessionStorage }, document.cookie, location.href, history.state, name,
            (await indexedDB.databases()).length, (await caches.keys()).length,
            document.documentElement.outerHTML,
            [...document.querySelectorAll('input, textarea')].map((field) => field.value),
          ]))()`);
          const [, , cookie, , , , databases, stores] = JSON.parse(places) as unknown[];
          expect([cookie, databases, stores]).toEqual(['', 0, 0]);
          const [head = ''] = token.split('.');
          expect(places).not.toContain(head);
          expect(asked.filter((url) => url.includes(head))).toEqual([]);
          await page.reload();
          await page.getByLabel('Token').waitFor();
          expect(await page.getByRole('navigation').isVisible()).toBe(false);
        },
        PAGE_TEST_MS,
      );

      it(
        'O3 shows wrong tokens as wrong, and what a reader may not do',
        async () => {
          await page.getByLabel('Token').fill('nonsense');
          await button('Sign in').click();
          await page.getByRole('alert').getByText('The token is not valid.').waitFor();
          token = await mintToken({ sub: 'rita', scope: 'ws:read' }, { expiresIn: 86_400 });
          await connect(one, 'carol');
          await signIn();
          token = await mintToken(OPERATOR, { expiresIn: 86_400 });
          await search('carol');
          await button('carol').first().click();
          await button('Disconnect …').click();
          await page.getByLabel('Note').fill('test');
          await button('Check what it reaches').click();
          await page.getByRole('alert').getByText('this needs the right to write').waitFor();
          await button('Cancel').click();
          await button('Sign out').click();
          await page.getByLabel('Token').waitFor();
          expect(await page.getByText('carol').count()).toBe(0);
          // Nor is anything left for the next operator.
          await signIn();
          await view('Connections').click();
          expect(await page.getByLabel('Exact value').inputValue()).toBe('');
        },
        PAGE_TEST_MS,
      );

      it(
        'O3 shows hostile names harmlessly, on a narrow screen too',
        async () => {
          for (const name of HOSTILE) await connect(other, name);
          await page.setViewportSize({ width: 380, height: 700 });
          await signIn();
          const isNarrow = (): Promise<boolean> =>
            page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth');
          await view('Connections').click();
          await button(HOSTILE[0]!).waitFor();
          await button('⟨U+202E⟩toor⟨U+202C⟩⟨U+2066⟩').waitFor();
          expect(await isNarrow()).toBe(true);
          await button(/^<\/script>/).click();
          await page.getByText(HOSTILE[2]!).first().waitFor();
          expect(await isNarrow()).toBe(true);
          await button('Ban user …').click();
          await page.getByRole('dialog').getByText('</script>').waitFor();
          expect(await isNarrow()).toBe(true);
          await page.keyboard.press('Escape');
          for (const name of ['Events', 'Refusals', 'Overview']) {
            await view(name).click();
            await page.getByRole('heading', { name }).waitFor();
            expect(await isNarrow()).toBe(true);
          }
          expect(await page.evaluate('document.images.length + document.scripts.length')).toBe(1);
          expect(await page.title()).toBe('Overview – Operate');
        },
        PAGE_TEST_MS,
      );
    });
  });
});

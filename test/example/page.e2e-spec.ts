import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import {
  describeWithChromium,
  launchChromium,
  openContext,
  openPage as openPageIn,
  PAGE_TEST_MS as TEST_MS,
  signInOn,
} from '../support/chromium.js';
import { expectConnections } from '../support/connection-count.js';
import { ownPort } from '../support/own-port.js';
import { Service } from '../support/service.js';
import { signIn as signInByHttp } from '../support/sign-in.js';
import { TcpRelay } from '../support/tcp-relay.js';
import { TestClient } from '../support/test-client.js';

describeWithChromium('the page of the reference service', () => {
  let browser: Browser;
  /** Of all tests that leave the clock alone, which is one for all pages of a context. The page stores nothing. */
  let shared: BrowserContext;
  /** Of those that leave the sockets alone too. */
  let lasting: Page;
  let page: Page;
  /** For all tests that leave them as they were: with the defaults and a name, and with sessions that resume. */
  let usual: Service & { url: string };
  let resuming: Service & { url: string };
  /** With a low limit, at a port where it can be started again. */
  let limited: (Service & { url: string }) | undefined;
  let service: Service & { url: string };
  const complaints: string[] = [];

  const state = (value: string) => page.locator(`#status[data-state="${value}"]`);
  const message = (text: string) => page.locator('#messages li', { hasText: text });

  /** Whoever is signed in there signs out, which forgets all that the page knows and takes a fraction of a new page. */
  async function open(at: Service & { url: string }, where = lasting, url = at.url): Promise<void> {
    service = at;
    page = where;
    if (page.url() !== `${url}/`) await page.goto(url);
    else if (await page.locator('#sign-out').isVisible()) await page.click('#sign-out');
    else await page.reload();
  }

  const blank = (where: Browser | BrowserContext): Promise<Page> =>
    openPageIn(where, 'about:blank', complaints);

  /** Opens the page where the test can stop the clock. */
  async function openWithClock(at: Service & { url: string }, url = at.url): Promise<void> {
    const fresh = await blank(browser);
    await fresh.clock.install();
    await open(at, fresh, url);
  }

  const startLimited = async (PORT: string): Promise<Service & { url: string }> =>
    (limited = await Service.start({ PORT, WS_RATE_LIMIT: '6', WS_RATE_TTL_MS: '3000' }));

  const openOther = (): Promise<Page> => openPageIn(shared, service.url, complaints);
  const signIn = (user: string, where = page): Promise<void> => signInOn(where, user);

  /** Replaces the lifetime of each sign-in by the next of these values. Later sign-ins fail with 503. */
  const signInsOf =
    (...seconds: number[]) =>
    (route: Route) => {
      const expiresInSeconds = seconds.shift();
      if (expiresInSeconds === undefined) return route.fulfill({ status: 503 });
      const asked = route.request().postDataJSON() as object;
      return route.continue({ postData: JSON.stringify({ ...asked, expiresInSeconds }) });
    };

  /** Lets the page record every connection status that it shows, so that the test misses none. */
  const remember = (where: Page) =>
    where.evaluate(`(() => {
      const shown = document.createElement('ol');
      shown.id = 'shown';
      shown.hidden = true;
      document.body.append(shown);
      const [status, validity] = ['status', 'valid-until'].map((id) => document.getElementById(id));
      const look = () => {
        const item = document.createElement('li');
        item.dataset.state = status.dataset.state;
        item.classList.toggle('urgent', validity.classList.contains('urgent'));
        item.append(status.textContent + validity.textContent);
        shown.append(item);
      };
      for (const part of [status, validity])
        new MutationObserver(look).observe(part, {
          attributes: true,
          characterData: true,
          childList: true,
          subtree: true,
        });
    })()`);
  const hasShown = (text: string, where = page, kind = '') =>
    where.locator(`#shown li${kind}`, { hasText: text }).first().waitFor({ state: 'attached' });

  async function send(text: string): Promise<void> {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
  }

  beforeAll(async () => {
    [browser, usual, resuming] = await Promise.all([
      launchChromium(),
      Service.start({ NODE_NAME: 'north-1' }),
      Service.start({ WS_RESUME: 'true' }),
    ]);
    shared = await openContext(browser);
    lasting = await blank(shared);
  }, TEST_MS);

  afterAll(() => Promise.all([browser.close(), usual.stop(), resuming.stop(), limited?.stop()]));

  afterEach(async () => {
    if (page.context() !== shared) await page.context().close();
    else if (page !== lasting) await page.close();
    await lasting.unrouteAll();
    await lasting.setViewportSize({ width: 1280, height: 720 });
    await shared.setOffline(false);
    expect(complaints.splice(0)).toEqual([]);
  });

  it(
    'signs in, sends and shows a message, and shows a validation error beside its field',
    async () => {
      await open(usual);
      await signIn('alice');
      await send('Hello <b>world</b> & <script>everybody</script>');
      await message('Hello world & everybody').waitFor();
      expect(await page.getAttribute('#messages li[data-from]', 'data-from')).toBe('alice');
      expect(await page.locator('#text-error').isVisible()).toBe(false);

      await send('x'.repeat(101));
      await page.locator('#text-error:visible').waitFor();
      expect(await page.textContent('#text-error')).toContain('100');
      expect(await page.getAttribute('#text', 'aria-invalid')).toBe('true');
      expect(await page.inputValue('#text')).toHaveLength(101);

      await send('short again');
      await message('short again').waitFor();
      expect(await page.locator('#text-error').isVisible()).toBe(false);
    },
    TEST_MS,
  );

  it(
    'keeps its width with long names and messages',
    async () => {
      await open(usual, await blank(shared));
      const long = 'x'.repeat(400);
      await page.routeWebSocket(/\/ws$/, (socket) => {
        const push = (event: string, data: object) => socket.send(JSON.stringify({ event, data }));
        push('session', {
          connectionId: 'c',
          principal: { id: long, roles: [long] },
          expiresAt: null,
          heartbeatMs: 30_000,
        });
        socket.onMessage(() => push('chat.message', { room: 'lobby', from: long, text: long, at: 0 }));
      });
      // The open page still has its current socket.
      await page.reload();
      for (const width of [800, 1280]) {
        await page.setViewportSize({ width, height: 700 });
        await page.click('#sign-in-button');
        await message(long).first().waitFor();
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await page.evaluate('document.querySelector("#log").scrollWidth')).toBeLessThan(width);
        await page.click('#sign-out');
      }
    },
    TEST_MS,
  );

  it(
    'fits a phone, for a signed-in administrator too',
    async () => {
      await open(usual);
      await page.setViewportSize({ width: 360, height: 640 });
      await signIn('root');
      await page.locator('#admin:visible').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      const name = page.locator('#whoami');
      expect((await name.boundingBox())?.height).toBeLessThan(30);
    },
    TEST_MS,
  );

  it(
    'shows the rate limit, and recovers',
    async () => {
      await openWithClock(await startLimited(String(await ownPort())));
      await signIn('alice');
      // The notice stays while the test reads it.
      await page.clock.pauseAt(Date.now() + 60_000);
      // Sent at once, so that they exceed the limit on a slow machine too.
      await page.evaluate(`for (let n = 0; n < 8; n++) {
      document.querySelector('#text').value = 'message ' + n;
      document.querySelector('#composer').requestSubmit();
    }`);
      const notice = page.locator('#notice[data-kind="rate-limit"]:visible');
      await notice.waitFor();
      expect(await notice.textContent()).toContain('Rate limit exceeded. Please wait.');
      expect(await page.locator('#send').isDisabled()).toBe(true);
      await page.clock.resume();
      await notice.waitFor({ state: 'hidden' });
      await page.locator('#send:enabled').waitFor();
      await send('patient');
      await message('patient').waitFor();
    },
    TEST_MS,
  );

  it(
    'S7 S8 reconnects when the server restarts, and shows it',
    async () => {
      await open(limited ?? (await startLimited(String(await ownPort()))));
      await signIn('bob');
      await service.stop();
      await state('waiting').waitFor();
      expect(await page.textContent('#countdown')).toMatch(/\d/);
      await page.locator('#retry-now:visible').waitFor();
      service = await startLimited(new URL(service.url).port);
      await state('open').waitFor();
      await message('Connection restored').waitFor();
      // A service without a name is not called a node.
      expect(await page.textContent('#node')).toBe('');
      await send('I am back');
      await message('I am back').waitFor();
    },
    TEST_MS,
  );

  it(
    'S9 shows how long the sign-in is valid, and renews it without a new connection',
    async () => {
      await openWithClock(usual);
      let sockets = 0;
      page.on('websocket', () => (sockets += 1));
      await page.route('**/auth/login', signInsOf(500, 3600));
      await signIn('alice');
      const validity = page.locator('#valid-until');
      await validity.filter({ hasText: /^signed in until .*\d:\d\d:\d\d/ }).waitFor();
      const before = await validity.textContent();
      // The page renews the sign-in in its last minute.
      await page.clock.fastForward(480_000);
      await validity.filter({ hasNotText: before ?? '' }).waitFor();
      expect(await validity.getAttribute('class')).toBe('validity');
      expect(await page.getAttribute('#status', 'data-state')).toBe('open');
      await send('still the same connection');
      await message('still the same connection').waitFor();
      expect(await message('Connection restored').count()).toBe(0);
      expect(sockets).toBe(1);
    },
    TEST_MS,
  );

  it(
    'S1 shows when the sign-in cannot be renewed, and signs in again when it has ended',
    async () => {
      await open(usual);
      await remember(page);
      await page.route('**/auth/login', signInsOf(6));
      await page.selectOption('#user', 'alice');
      await page.click('#sign-in-button');
      await hasShown('cannot be renewed', page, '.urgent[data-state="open"]');
      await hasShown('Your sign-in expired.', page, '[data-state="waiting"]');
      await page.unroute('**/auth/login');
      await state('open').waitFor();
      await message('Connection restored').waitFor();
      await page.locator('#valid-until:not(.urgent)').waitFor();
    },
    TEST_MS,
  );

  it(
    'S2 lets administrators revoke access and disconnect, and shows the users that lost it',
    async () => {
      await open(usual);
      let sockets = 0;
      page.on('websocket', () => (sockets += 1));
      await signIn('alice');
      expect(await page.locator('#admin').isVisible()).toBe(false);
      const root = await openOther();
      const result = (text: string) => root.locator('#admin-result', { hasText: text }).waitFor();
      try {
        await signIn('root', root);
        await root.locator('#admin:visible').waitFor();
        await root.selectOption('#admin-user', 'alice');
        await root.click('[data-action="revoke"]');
        await result('1 connection closed');
        await state('closed').waitFor();
        expect(await page.textContent('#status-text')).toBe('Your access was withdrawn.');
        expect(await page.locator('#retry-now').isVisible()).toBe(false);

        await page.click('#connect-again');
        await state('open').waitFor();
        expect(sockets).toBe(2);
        await root.click('[data-action="kick"]');
        await result('1 connection of alice closed');
        await state('closed').waitFor();
        await expectConnections(service.url, 1);
        await root.click('[data-action="kick"]');
        await result('0 connections of alice closed');
        expect(sockets).toBe(2);
      } finally {
        await root.close();
      }
    },
    TEST_MS,
  );

  it(
    'shows that the device is offline, and reconnects with the network',
    async () => {
      await open(usual);
      await signIn('alice');
      await page.context().setOffline(true);
      await state('waiting').waitFor();
      await page.locator('#status-text', { hasText: 'You are offline' }).waitFor();
      expect(await page.locator('#countdown').count()).toBe(0);
      await page.context().setOffline(false);
      await state('open').waitFor();
      await message('Connection restored').waitFor();
    },
    TEST_MS,
  );

  it(
    'does not say that it was refused when a connection is lost, or while the device is offline',
    async () => {
      await open(usual);
      await signIn('alice');
      const hint = page.locator('#refusal-hint:visible');
      await page.context().setOffline(true);
      await state('waiting').waitFor();
      expect(await hint.count()).toBe(0);
      await page.context().setOffline(false);
      await state('open').waitFor();
      expect(await hint.count()).toBe(0);
    },
    TEST_MS,
  );

  it(
    'shows the name of the node, and does not say that it moved when it came back to the same one',
    async () => {
      await open(usual);
      await signIn('alice');
      const node = page.locator('#node', { hasText: /^You are on node north-1\.$/ });
      await node.waitFor();
      await page.context().setOffline(true);
      await state('waiting').waitFor();
      expect(await page.textContent('#node')).toBe('');
      await page.context().setOffline(false);
      await message('Connection restored').waitFor();
      await node.waitFor();
    },
    TEST_MS,
  );

  it(
    'reconnects at once on request',
    async () => {
      const relay = await TcpRelay.start(Number(new URL(usual.url).port));
      try {
        await openWithClock(usual, `https://localhost:${relay.port}`);
        await signIn('alice');
        relay.isRefusing = true;
        relay.cut();
        await state('waiting').waitFor();
        // From here on the page's countdown stands still.
        await page.clock.pauseAt(Date.now() + 60_000);
        await page.locator('#status-text', { hasText: 'The server cannot be reached.' }).waitFor();
        relay.isRefusing = false;
        await state('waiting').waitFor();
        await page.click('#retry-now');
        await state('open').waitFor();
      } finally {
        await relay.stop();
      }
    },
    TEST_MS,
  );

  it(
    'S5 shows how many messages were missed, once',
    async () => {
      await open(resuming);
      await signIn('alice');
      const bob = await TestClient.connect(`${service.url.replace('http', 'ws')}/ws`, {
        token: await signInByHttp(service.url, 'bob'),
      });
      const say = async (text: string): Promise<void> => {
        expect(await bob.request('chat.send', { room: 'lobby', text })).toMatchObject({ event: 'ack' });
      };
      const texts = page.locator('#messages .text');
      await page.locator('#send:enabled').waitFor();
      await say('seen');
      await message('seen').waitFor();
      await page.context().setOffline(true);
      await state('waiting').waitFor();
      for (const text of ['missed 1', 'missed 2', 'missed 3']) await say(text);
      expect(await texts.allTextContents()).toEqual(['seen']);
      await page.context().setOffline(false);
      await message('You missed 3 messages while away').waitFor();
      await message('Connection restored').waitFor();
      await say('live');
      await message('live').waitFor();
      expect(await texts.allTextContents()).toEqual(['seen', 'missed 1', 'missed 2', 'missed 3', 'live']);
      await bob.close();
    },
    TEST_MS,
  );

  it(
    'S8 lets administrators drain: every client is told, and reconnects',
    async () => {
      await open(resuming);
      await signIn('alice');
      await page.locator('#send:enabled').waitFor();
      const root = await openOther();
      try {
        await signIn('root', root);
        // Those of the test before may still be on their way out.
        await expectConnections(service.url, 2);
        await Promise.all([remember(page), remember(root)]);
        await root.click('[data-action="drain"]');
        await Promise.all([
          root.locator('#admin-result', { hasText: 'Draining 2 connections.' }).waitFor(),
          hasShown('The server is restarting.'),
          hasShown('The server is restarting.', root),
        ]);
        await Promise.all([
          message('Connection restored').waitFor(),
          root.locator('#messages li', { hasText: 'Connection restored' }).waitFor(),
        ]);
        await send('back again');
        await root.locator('#messages li', { hasText: 'back again' }).waitFor();
        expect(await message('Some messages may be missing').count()).toBe(0);
      } finally {
        await root.close();
      }
    },
    TEST_MS,
  );

  it(
    "O3 leads to the operator's page, for root only",
    async () => {
      await open(usual, lasting, `${usual.url}/operate`);
      const enter = async (user: string): Promise<void> => {
        await page.getByLabel('Token').fill(await signInByHttp(service.url, user));
        await page.getByRole('button', { name: 'Sign in' }).click();
      };
      await enter('alice');
      await page.getByRole('alert').getByText('Forbidden').waitFor();
      await enter('root');
      await page.getByRole('table', { name: 'Nodes' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/ws-admin');
    },
    TEST_MS,
  );
});

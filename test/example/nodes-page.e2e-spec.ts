import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { bundledService } from '../support/bundled.js';
import {
  describeWithChromium,
  launchChromium,
  openPage,
  PAGE_TEST_MS as TEST_MS,
  signInOn,
} from '../support/chromium.js';
import { describeWithRedis } from '../support/redis-server.js';
import { Service } from '../support/service.js';
import { signIn } from '../support/sign-in.js';
import { TestClient } from '../support/test-client.js';

describeWithRedis('with Redis', () => {
  describeWithChromium('the page over several nodes', () => {
    let browser: Browser;
    let service: Service & { url: string };
    let page: Page;
    let bob: TestClient;
    const complaints: string[] = [];

    const message = (text: string) => page.locator('#messages li', { hasText: text });
    const texts = () => page.locator('#messages .text').allTextContents();

    /** The text that screen readers are told, and the number in it. */
    async function node(text: RegExp): Promise<number> {
      const shown = page.getByRole('status').locator('#node', { hasText: text });
      await shown.waitFor();
      return Number(/\d+/.exec((await shown.textContent()) ?? '')?.[0]);
    }

    async function end(number: number, signal: NodeJS.Signals): Promise<void> {
      const pid = new RegExp(`^Node ${number} \\(process (\\d+)\\) listens`, 'm').exec(service.stdout)?.[1];
      process.kill(Number(pid), signal);
      while (!service.stdout.includes(`(process ${pid}) has ended`))
        await once(service.process.stdout!, 'data');
    }

    /** A connection on another node than this one. */
    async function connectBeside(number: number): Promise<TestClient> {
      const token = await signIn(service.url, 'bob');
      for (;;) {
        const client = await TestClient.connect(`${service.url.replace('http', 'ws')}/ws`, { token });
        const { name } = (await client.request('node')).data as { name: string };
        if (name !== String(number)) return client;
        await client.close();
      }
    }

    const say = async (text: string): Promise<void> => {
      expect(await bob.request('chat.send', { room: 'lobby', text })).toMatchObject({ event: 'ack' });
    };

    async function goesOn(): Promise<void> {
      await message('Connection restored').waitFor();
      await page.locator('#send:enabled').waitFor();
      await page.fill('#text', 'still here');
      await page.press('#text', 'Enter');
      await message('still here').waitFor();
      await say('welcome back');
      await message('welcome back').waitFor();
    }

    // The tests end three of them.
    beforeAll(async () => {
      const starting = Service.start({ NODES: '4' }, bundledService('nodes/main'));
      [browser, service] = await Promise.all([launchChromium(), starting]);
      page = await openPage(browser, 'about:blank', complaints);
    }, TEST_MS);

    afterAll(() => Promise.all([browser.close(), service.stop()]));

    beforeEach(async () => {
      // The page stores nothing.
      await page.goto(service.url);
      await signInOn(page, 'alice');
    }, TEST_MS);

    afterEach(async () => {
      await bob.close();
      expect(complaints).toEqual([]);
    });

    it(
      'goes on at another node when its node is killed, says so, and says that messages may be missing',
      async () => {
        const first = await node(/^You are on node [1-4]\.$/);
        bob = await connectBeside(first);
        await say('before');
        await message('before').waitFor();
        await end(first, 'SIGKILL');
        expect(await node(/^You are now on node [1-4]\.$/)).not.toBe(first);
        await message('Some messages may be missing').waitFor();
        await goesOn();
        expect(await texts()).toEqual(['before', 'still here', 'welcome back']);
      },
      TEST_MS,
    );

    it(
      'S6 loses nothing when its node is stopped, and says where it is then, each time',
      async () => {
        let current = await node(/^You are on node [1-4]\.$/);
        bob = await connectBeside(current);
        // What is said while the page is between two nodes.
        const numbers = Array.from({ length: 20 }, (_, number) => `number ${number}`);
        const talking = (async () => {
          for (const text of numbers) await say(text);
        })();
        await end(current, 'SIGTERM');
        await talking;
        current = await node(/^You are now on node [1-4]\.$/);
        await message('number 19').waitFor();
        expect(await texts()).toEqual(numbers);
        await goesOn();
        expect(await message('Some messages may be missing').count()).toBe(0);
        await bob.close();

        bob = await connectBeside(current);
        await end(current, 'SIGTERM');
        expect(await node(/^You are now on node [1-4]\.$/)).not.toBe(current);
      },
      TEST_MS,
    );
  });
});

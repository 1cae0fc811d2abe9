import type { Browser, Page } from 'playwright-core';
import {
  describeWithChromium,
  launchChromium,
  openPage,
  PAGE_TEST_MS as TEST_MS,
} from '../support/chromium.js';
import { Service } from '../support/service.js';

/** Waits for the next attempt, which is short. Resolves with whether the hint is shown meanwhile. */
const STAYS_IN_NEXT_ATTEMPT = `new Promise((resolve) => {
  const status = document.getElementById('status');
  const look = () => {
    if (status.dataset.state === 'reconnecting') resolve(!document.getElementById('refusal-hint').hidden);
  };
  new MutationObserver(look).observe(status, { attributes: true });
})`;

/** Whether nothing covers the last line of the hint. */
const IS_UNCOVERED = `(() => {
  const hint = document.getElementById('refusal-hint');
  const { left, bottom } = hint.getBoundingClientRect();
  return hint.contains(document.elementFromPoint(left + 20, bottom - 16));
})()`;

describeWithChromium('the page of the reference service, whose handshakes are refused,', () => {
  let browser: Browser;
  let page: Page;
  let service: Service & { url: string };

  const hint = () => page.locator('#refusal-hint:visible');

  /** The list names another host than that of the page, so every handshake is refused. */
  async function open(env: NodeJS.ProcessEnv): Promise<void> {
    service = await Service.start({ WS_ALLOWED_HOSTS: 'chat.example.com', ...env });
    await page.goto(service.url);
    await page.click('#sign-in-button');
  }

  beforeAll(async () => {
    browser = await launchChromium();
    // One for all tests, which stores nothing.
    page = await openPage(browser, 'about:blank', []);
  }, TEST_MS);

  afterAll(() => browser.close());

  afterEach(() => service.stop());

  it(
    'says at 1006 which variables and which line of the log to look at',
    async () => {
      await open({});
      await page.locator('#status[data-state="waiting"]').waitFor();
      await hint().waitFor();
      for (const name of ['1006', 'handshake.refused', 'WS_ALLOWED_ORIGINS', 'WS_REJECT_WITH=close'])
        expect(await hint().textContent()).toContain(name);
      expect(service.stdout).toMatch(/"type":"handshake\.refused".*"code":"HOST_NOT_ALLOWED"/);
      expect(await page.evaluate(STAYS_IN_NEXT_ATTEMPT)).toBe(true);
      for (const size of [
        { width: 760, height: 420 },
        { width: 360, height: 640 },
      ]) {
        await page.setViewportSize(size);
        expect(await page.evaluate(IS_UNCOVERED)).toBe(true);
      }
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      await page.click('#sign-out');
      expect(await hint().count()).toBe(0);
    },
    TEST_MS,
  );

  it(
    'shows the reason instead, with WS_REJECT_WITH=close',
    async () => {
      await open({ WS_REJECT_WITH: 'close' });
      await page.locator('#status[data-state="closed"]').waitFor();
      expect(await page.textContent('#status-text')).toBe('Your access was withdrawn.');
      expect(await hint().count()).toBe(0);
    },
    TEST_MS,
  );
});

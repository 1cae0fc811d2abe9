import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { Service } from './support/service.js';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const isThere = existsSync(CHROMIUM);

// A machine without a browser says that this was not tested; in CI it has to be there.
if (!isThere && process.env['CI'] !== 'true') {
  console.warn(
    `SKIPPED: the page is not tested, because there is no Chromium at ${CHROMIUM} (set CHROMIUM_PATH).`,
  );
}
const describePage = isThere || process.env['CI'] === 'true' ? describe : describe.skip;

describePage('the page of the reference service', () => {
  let browser: Browser;
  let page: Page;
  let service: Service & { url: string };
  let complaints: string[];

  const state = (value: string) => page.locator(`#status[data-state="${value}"]`);
  const message = (text: string) => page.locator('#messages li', { hasText: text });

  async function open(env: NodeJS.ProcessEnv = {}): Promise<void> {
    service = await Service.start(env);
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (entry) => {
      if (/Content Security Policy/i.test(entry.text())) complaints.push(entry.text());
    });
    page.setDefaultTimeout(15_000);
    await page.goto(service.url);
  }

  async function signIn(user: string): Promise<void> {
    await page.selectOption('#user', user);
    await page.click('#sign-in-button');
    await state('open').waitFor();
  }

  async function send(text: string): Promise<void> {
    await page.fill('#text', text);
    await page.press('#text', 'Enter');
  }

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-sync',
      ],
    });
  }, 30_000);

  afterAll(() => browser.close());

  afterEach(async () => {
    await page.context().close();
    await service.stop();
    expect(complaints).toEqual([]);
  });

  it('signs in, sends and shows a message, and shows what is wrong beside the field', async () => {
    await open();
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
  }, 30_000);

  it('says so when it was too fast, and recovers', async () => {
    await open({ WS_RATE_LIMIT: '6', WS_RATE_TTL_MS: '3000' });
    await signIn('alice');
    for (let i = 0; i < 8; i++) {
      await page.fill('#text', `message ${i}`);
      if (await page.locator('#send').isDisabled()) break;
      await page.press('#text', 'Enter');
      await Promise.race([message(`message ${i}`).waitFor(), page.locator('#notice:visible').waitFor()]);
    }
    const notice = page.locator('#notice[data-kind="rate-limit"]:visible');
    await notice.waitFor();
    expect(await notice.textContent()).toContain('Rate limit exceeded. Please wait.');
    expect(await page.locator('#send').isDisabled()).toBe(true);
    await notice.waitFor({ state: 'hidden' });
    await page.locator('#send:enabled').waitFor();
    await send('patient');
    await message('patient').waitFor();
  }, 30_000);

  it('S7 S8 comes back by itself when the server restarts, and says so', async () => {
    await open();
    const port = new URL(service.url).port;
    await signIn('bob');
    await service.stop();
    await state('waiting').waitFor();
    expect(await page.textContent('#countdown')).toMatch(/\d/);
    expect(await page.locator('#retry-now').isVisible()).toBe(true);
    service = await Service.start({ PORT: port });
    await state('open').waitFor({ timeout: 25_000 });
    await message('Connection restored').waitFor();
    await send('I am back');
    await message('I am back').waitFor();
  }, 60_000);
});

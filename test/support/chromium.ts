import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** Without a window, it takes half of the processor time. */
const HEADLESS = '/usr/bin/chromium-headless-shell';
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? (existsSync(HEADLESS) ? HEADLESS : '/usr/bin/chromium');
const isInstalled = existsSync(CHROMIUM);
/** Time limits for one step and for a whole test, long enough for a slow and busy machine. */
const STEP_MS = 40_000;
export const PAGE_TEST_MS = 180_000;

/**
 * `describe` for tests that need a browser. Without Chromium they are skipped with a warning; with `CI=true` they fail
 * instead.
 */
export function describeWithChromium(name: string, define: () => void): void {
  if (!isInstalled && process.env['CI'] !== 'true')
    console.warn(`SKIPPED: ${name}, because there is no Chromium at ${CHROMIUM} (set CHROMIUM_PATH).`);
  if (isInstalled || process.env['CI'] === 'true') describe(name, define);
  else describe.skip(name, define);
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    timeout: PAGE_TEST_MS,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-sync',
    ],
  });
}

/** A context of its own, as another person's browser. */
export function openContext(browser: Browser): Promise<BrowserContext> {
  // An animation takes a good part of a processor here.
  return browser.newContext({ ignoreHTTPSErrors: true, reducedMotion: 'reduce' });
}

/**
 * Opens the page.
 *
 * @param where a browser, in which the page gets a context of its own, or a context
 * @param complaints receives errors of its scripts and of its security policy
 */
export async function openPage(
  where: Browser | BrowserContext,
  url: string,
  complaints: string[],
): Promise<Page> {
  const context = 'newContext' in where ? await openContext(where) : where;
  const opened = await context.newPage();
  opened.on('pageerror', (error) => complaints.push(error.message));
  opened.on('console', (entry) => {
    if (/Content Security Policy/i.test(entry.text())) complaints.push(entry.text());
  });
  opened.setDefaultTimeout(STEP_MS);
  await opened.goto(url);
  return opened;
}

/** Signs in, and waits until messages can be sent. */
export async function signInOn(page: Page, user: string): Promise<void> {
  await page.selectOption('#user', user);
  await page.click('#sign-in-button');
  await page.locator('#status[data-state="open"]').waitFor();
  // The page joins the room after the connection is open.
  await page.locator('#send:enabled').waitFor();
}

/*
 * A running service and a browser, for pictures of its pages.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const FOLDER = 'docs/screenshots';
const VIEWPORT = { width: 960, height: 720 };
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

export async function startService(env, script = 'main.js') {
  const child = spawn(process.execPath, [`example/dist/server/${script}`], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  return new Promise((resolve, reject) => {
    // The output must be read, because the service ends when it cannot log.
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const url = /^Listening on (\S+)$/m.exec(output)?.[1];
      if (url) resolve({ url, child, output: () => output });
    });
    child.once('exit', () => reject(new Error(`the service did not start: ${output}`)));
  });
}

export async function stopService({ child }) {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

export async function openPage(browser, url, options) {
  const context = await browser.newContext({ viewport: VIEWPORT, ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Signs in on the page of the chat. */
export async function signIn(page, user) {
  await page.selectOption('#user', user);
  await page.click('#sign-in-button');
  await page.locator('#send:enabled').waitFor();
}

export const shot = (page, name) => page.screenshot({ path: `${FOLDER}/${name}.png` });

export function launch() {
  mkdirSync(FOLDER, { recursive: true });
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
}

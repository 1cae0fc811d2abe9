/*
 * Pictures of the operator's page over three nodes: node scripts/screenshots/operator.mjs
 */
import { request } from 'node:https';
import { resolve } from 'node:path';
import process from 'node:process';
import { launch, openPage, shot, signIn, startService, stopService } from './running.mjs';

const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};

/** Sends a request to the service, whose certificate is self-signed. */
function send(url, { body, ...options } = {}) {
  return new Promise((done, failed) => {
    const sent = request(url, { rejectUnauthorized: false, agent: false, ...options }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => done(text));
    });
    sent.on('error', failed);
    sent.on('upgrade', (_, socket) => done(socket.destroy()));
    sent.end(body);
  });
}

async function tokenOf(url, username) {
  const answer = await send(`${url}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username }),
  });
  return JSON.parse(answer).accessToken;
}

/** Handshakes that are refused. */
async function knock(url, count, headers) {
  for (let i = 0; i < count; i++) await send(`${url}/ws`, { headers: { ...HANDSHAKE, ...headers } });
}

async function openDesk(browser, url, options) {
  const page = await openPage(browser, `${url}/operate`, {
    viewport: { width: 1100, height: 800 },
    ...options,
  });
  await page.getByLabel('Token').fill(await tokenOf(url, 'root'));
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('table', { name: 'Nodes' }).waitFor();
  return page;
}

const button = (page, name) => page.getByRole('button', { name, exact: true });
const goTo = (page, name) => page.getByRole('link', { name, exact: true }).click();

async function find(page, user) {
  await goTo(page, 'Connections');
  await page.getByLabel('Exact value').fill(user);
  await button(page, 'Search').click();
  await button(page, user).first().waitFor();
}

async function openCard(page, user) {
  await button(page, user).first().click();
  await page.getByRole('table', { name: 'Limits left' }).waitFor();
}

export async function takeOperatorPictures(browser) {
  const nodes = await startService({ WS_AUTH_FAILURE_LIMIT: '1000' }, 'nodes/main.js');
  const { url } = nodes;
  const signInPage = await openPage(browser, `${url}/operate`, { viewport: { width: 1100, height: 500 } });
  await shot(signInPage, 'operator-sign-in');
  for (const user of ['alice', 'alice', 'bob']) await signIn(await openPage(browser, url), user);
  await knock(url, 14, { origin: url });
  await knock(url, 9, { origin: 'https://evil.example' });
  await knock(url, 5, { origin: url, 'sec-websocket-protocol': 'ws-security.v1, bearer.nonsense' });

  const dark = await openDesk(browser, url, { colorScheme: 'dark' });
  const phone = await openDesk(browser, url, { viewport: { width: 380, height: 760 } });
  const light = await openDesk(browser, url, { colorScheme: 'light' });
  await shot(light, 'operator-overview-light');
  await shot(phone, 'operator-overview-phone');

  await find(dark, 'alice');
  await shot(dark, 'operator-search-dark');
  await find(light, 'alice');
  await openCard(light, 'alice');
  await shot(light, 'operator-card-light');
  await find(phone, 'alice');
  await openCard(phone, 'alice');
  await shot(phone, 'operator-card-phone');

  await button(light, 'Ban user …').click();
  await light.getByLabel('Note').fill('Ticket 4711: sends advertisements');
  await button(light, 'Check what it reaches').click();
  await light.getByText('It closes').waitFor();
  await shot(light, 'operator-ban-light');
  await button(light, 'Ban user').click();
  await light.getByRole('table', { name: /^Bans/ }).waitFor();
  await shot(light, 'operator-banned-light');

  for (const page of [dark, light, phone]) {
    await goTo(page, 'Refusals');
    await page.locator('summary').first().click();
  }
  await shot(dark, 'operator-refusals-dark');
  await shot(light, 'operator-refusals-light');
  await shot(phone, 'operator-refusals-phone');

  for (const page of [dark, phone]) {
    await goTo(page, 'Events');
    await page.getByRole('log').getByText('admin.ban').first().waitFor();
  }
  await shot(dark, 'operator-events-dark');
  await shot(phone, 'operator-events-phone');
  await stopService(nodes);
}

if (process.argv[1] && resolve(process.argv[1]) === import.meta.filename) {
  const browser = await launch();
  try {
    await takeOperatorPictures(browser);
  } finally {
    await browser.close();
  }
}

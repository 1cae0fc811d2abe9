/*
 * Creates the pictures in docs/screenshots from the running reference service. Needs a build, Chromium and redis-server.
 */
import { takeOperatorPictures } from './screenshots/operator.mjs';
import { launch, openPage, shot, signIn, startService, stopService } from './screenshots/running.mjs';

async function say(page, text) {
  await page.locator('#send:enabled').waitFor();
  await page.fill('#text', text);
  await page.press('#text', 'Enter');
}

async function heard(page, text) {
  await page.locator('#messages li', { hasText: text }).waitFor();
}

async function converse(alice, bob) {
  const lines = [
    [alice, 'Morning! Is the new gateway out?'],
    [bob, 'Since an hour ago. Nobody noticed the restart.'],
    [alice, 'I did: the page counted to two and was back.'],
    [bob, 'Tom & Jerry approve, a < b still holds.'],
  ];
  for (const [page, text] of lines) {
    await say(page, text);
    await heard(alice, text);
    await heard(bob, text);
  }
}

/** Ends the process of the node that the page is connected to. */
async function killNodeOf(page, { output }) {
  const node = page.locator('#node', { hasText: /\d/ });
  await node.waitFor();
  const number = /\d+/.exec(await node.textContent())[0];
  process.kill(Number(new RegExp(`^Node ${number} \\(process (\\d+)\\)`, 'm').exec(output())[1]), 'SIGKILL');
}

const browser = await launch();
try {
  const service = await startService({ WS_RATE_LIMIT: '8', WS_RATE_TTL_MS: '20000' });
  const light = await openPage(browser, service.url, { colorScheme: 'light' });
  const dark = await openPage(browser, service.url, { colorScheme: 'dark' });
  const phone = await openPage(browser, service.url, { viewport: { width: 360, height: 640 } });
  await shot(phone, 'sign-in-phone');
  await signIn(light, 'alice');
  await signIn(dark, 'bob');
  await converse(light, dark);
  await shot(light, 'chat-light');
  await shot(dark, 'chat-dark');

  await say(
    light,
    'This message is longer than the hundred characters that the service accepts, so it says which rule it breaks.',
  );
  await light.locator('#text-error:visible').waitFor();
  await shot(light, 'field-error');

  await light.fill('#text', 'And this one comes too fast');
  for (let i = 0; i < 8 && !(await light.locator('#notice:visible').count()); i++) {
    await light.press('#text', 'Enter');
    await light.waitForTimeout(150);
    if (!(await light.locator('#notice:visible').count()))
      await light.fill('#text', 'And this one comes too fast');
  }
  await light.locator('#notice:visible').waitFor();
  await shot(light, 'rate-limit');

  const root = await openPage(browser, service.url, { colorScheme: 'dark' });
  const rootPhone = await openPage(browser, service.url, { viewport: { width: 360, height: 640 } });
  await signIn(root, 'root');
  await signIn(rootPhone, 'root');
  await root.click('[data-action="revoke"]');
  await light.locator('#status[data-state="closed"]').waitFor();
  await root.locator('#admin-result:not(:empty)').waitFor();
  await shot(root, 'administration-dark');
  await shot(rootPhone, 'administration-phone');
  await shot(light, 'withdrawn');

  await root.context().setOffline(true);
  await root.locator('#status[data-state="waiting"]').waitFor();
  await shot(root, 'offline-dark');

  await stopService(service);
  await dark.locator('#status[data-state="waiting"]').waitFor();
  await shot(dark, 'reconnecting-dark');

  const nodes = await startService({}, 'nodes/main.js');
  const moving = await openPage(browser, nodes.url, { colorScheme: 'light' });
  await signIn(moving, 'alice');
  await say(moving, 'What happens when this node dies?');
  await heard(moving, 'What happens');
  await killNodeOf(moving, nodes);
  await moving.locator('#node', { hasText: 'now on' }).waitFor();
  await say(moving, 'The chat goes on at another one.');
  await heard(moving, 'goes on');
  await moving.waitForTimeout(300);
  await shot(moving, 'moved-light');
  await stopService(nodes);

  await takeOperatorPictures(browser);
} finally {
  await browser.close();
}

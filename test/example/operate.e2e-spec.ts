import type { Browser } from 'playwright-core';
import { describeWithChromium, launchChromium, openPage, PAGE_TEST_MS } from '../support/chromium.js';
import { Service } from '../support/service.js';
import { signIn } from '../support/sign-in.js';

describeWithChromium('the reference service', () => {
  let browser: Browser;
  let service: Service & { url: string };

  beforeAll(async () => {
    browser = await launchChromium();
    service = await Service.start();
  }, PAGE_TEST_MS);

  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  it(
    "O3 has the operator's page, for root only",
    async () => {
      const complaints: string[] = [];
      const page = await openPage(browser, `${service.url}/operate`, complaints);
      const enter = async (user: string): Promise<void> => {
        await page.getByLabel('Token').fill(await signIn(service.url, user));
        await page.getByRole('button', { name: 'Sign in' }).click();
      };
      await enter('alice');
      await page.getByRole('alert').getByText('Forbidden').waitFor();
      await enter('root');
      await page.getByRole('table', { name: 'Nodes' }).waitFor();
      expect(new URL(page.url()).pathname).toBe('/ws-admin');
      expect(complaints).toEqual([]);
    },
    PAGE_TEST_MS,
  );
});

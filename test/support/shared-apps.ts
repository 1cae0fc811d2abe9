import type { WsSecurityOptions } from 'nestjs-ws-security';
import { ManualClock } from './manual-clock.js';
import { type AppOptions, type RunningApp, startApp } from './start-app.js';

/** Longer than any window of the default limits. */
const LATER_MS = 180_000;

export interface SharedApp extends RunningApp {
  readonly clock: ManualClock;
}

/**
 * Applications that the tests of a file share, one for each set of options. Each starts at its first use and is closed
 * after the last test. At every use its clock is set forward, so that no limit counts what an earlier test did.
 */
export function sharedApps(
  config: Omit<AppOptions, 'clock' | 'options'>,
): (options?: WsSecurityOptions) => Promise<SharedApp> {
  const apps = new Map<string, Promise<SharedApp>>();

  async function start(options: WsSecurityOptions): Promise<SharedApp> {
    const clock = new ManualClock();
    return { ...(await startApp({ ...config, options, clock })), clock };
  }

  afterAll(() => Promise.allSettled([...apps.values()].map(async (app) => (await app).close())));

  return async (options = {}) => {
    // An option that is undefined takes a default of the tests away, so it is not the same as none.
    const key = JSON.stringify(options, (_name, value: unknown) => value ?? null);
    const app = apps.get(key) ?? start(options);
    apps.set(key, app);
    const shared = await app;
    shared.clock.advance(LATER_MS);
    return shared;
  };
}

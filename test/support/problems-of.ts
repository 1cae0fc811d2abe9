import { WsConfigurationError } from 'nestjs-ws-security';
import { type AppOptions, startApp } from './start-app.js';

/** What keeps an application from starting, one `NAME: text` each; empty when it starts. */
export async function problemsOf(config: AppOptions): Promise<string[]> {
  const running = await startApp(config).catch((error: unknown) => error);
  if (running instanceof WsConfigurationError)
    return running.problems.map(({ name, message }) => `${name}: ${message}`);
  if (running instanceof Error) throw running;
  await (running as { close(): Promise<void> }).close();
  return [];
}

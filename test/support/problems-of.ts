import { WsConfigurationError } from 'nestjs-ws-security';
import { type AppOptions, startApp } from './start-app.js';

/** The problems that prevent the start of an application, each as `NAME: text`. Empty when it starts. */
export async function problemsOf(config: AppOptions): Promise<string[]> {
  const running = await startApp(config).catch((error: unknown) => error);
  if (running instanceof WsConfigurationError)
    return running.problems.map(({ name, message }) => `${name}: ${message}`);
  if (running instanceof Error) throw running;
  await (running as { close(): Promise<void> }).close();
  return [];
}

import { spawn, type ChildProcess } from 'node:child_process';
import { bundledService } from './bundled.js';

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const running = new Set<ChildProcess>();

// A failed test must not leave a service running.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** The script of `npm run start:prod`, whose start takes three times as long as that of the bundled one. */
export const BUILT_SERVICE = 'example/dist/server/main.js';

/** The reference service in its own process. */
export class Service {
  readonly exited: Promise<Exit>;
  stdout = '';
  stderr = '';

  private constructor(readonly process: ChildProcess) {
    process.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    process.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    running.add(process);
    this.exited = new Promise((resolve) => {
      process.on('close', (code, signal) => {
        running.delete(process);
        resolve({ code, signal });
      });
    });
  }

  /** @param script the script to run instead of the bundled one of the service */
  static spawn(env: NodeJS.ProcessEnv, script = bundledService('main')): Service {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('WS_')));
    delete clean['NODE_OPTIONS'];
    return new Service(
      spawn(process.execPath, [script], {
        env: { ...clean, PORT: '0', NODE_ENV: '', ...env },
      }),
    );
  }

  /** Resolves when the service has printed its URL. */
  static async start(env: NodeJS.ProcessEnv = {}, script?: string): Promise<Service & { url: string }> {
    const service = Service.spawn(env, script);
    const listening = new Promise<string>((resolve) => {
      service.process.stdout?.on('data', () => {
        const url = /^Listening on (\S+)\n/m.exec(service.stdout)?.[1];
        if (url) resolve(url);
      });
    });
    const url = await Promise.race([listening, service.exited.then(() => undefined)]);
    if (url === undefined) throw new Error(`the service did not start: ${service.stdout}${service.stderr}`);
    return Object.assign(service, { url });
  }

  async stop(): Promise<Exit> {
    if (this.process.exitCode === null) this.process.kill('SIGTERM');
    return this.exited;
  }
}

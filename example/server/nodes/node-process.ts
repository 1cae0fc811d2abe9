import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SERVICE = fileURLToPath(new URL('../main.js', import.meta.url));

/** One instance of the service in a process of its own. */
export class NodeProcess {
  /** Where it listens, once it does. */
  port: number | undefined;
  /** Resolves when it listens, or has ended. */
  readonly listening: Promise<void>;
  readonly ended: Promise<void>;
  private readonly process: ChildProcess;

  constructor(
    readonly number: number,
    env: NodeJS.ProcessEnv,
    onChange: (node: NodeProcess) => void,
  ) {
    this.process = spawn(process.execPath, [SERVICE], {
      env: { ...env, PORT: '0', HOST: '127.0.0.1', NODE_NAME: String(number) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let settle: () => void = () => undefined;
    this.listening = new Promise((resolve) => (settle = resolve));
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) if (line !== '') console.log(`[${number}] ${line}`);
      const port = /^Listening on \S+:(\d+)$/m.exec(text)?.[1];
      if (port === undefined || this.port !== undefined) return;
      this.port = Number(port);
      onChange(this);
      settle();
    });
    this.ended = new Promise((resolve) => {
      this.process.once('close', () => {
        this.port = undefined;
        onChange(this);
        settle();
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Lets it drain. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.ended;
  }
}

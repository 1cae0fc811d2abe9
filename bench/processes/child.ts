import { type ChildProcess, fork, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 3000;
const KEPT_OUTPUT = 4000;

const running = new Set<Child>();

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export interface ChildOptions {
  env?: Readonly<Record<string, string>>;
  execArgv?: readonly string[] | undefined;
}

/** A child process that is controlled over IPC and always ended. */
export class Child {
  private readonly pending = new Map<number, Pending>();
  private readonly exited: Promise<void>;
  private requests = 0;
  private errors = '';
  private ended = false;

  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
  ) {
    running.add(this);
    process.stderr?.on('data', (chunk: Buffer) => {
      this.errors = (this.errors + chunk.toString()).slice(-KEPT_OUTPUT);
    });
    process.on('message', (message) => this.onMessage(message as Record<string, unknown>));
    this.exited = new Promise((resolve) => {
      const end = (): void => {
        this.ended = true;
        running.delete(this);
        resolve();
      };
      // Output may still arrive after `exit`. `close` would wait for it, but is not emitted after `disconnect()`.
      process.once('exit', end);
      process.once('error', (error) => {
        this.errors += error.message;
        end();
        this.abandon();
      });
      process.once('close', () => this.abandon());
    });
  }

  /** Starts one of our modules, which announces when it is ready. */
  static async fork<T>(name: string, module: URL, options: ChildOptions = {}): Promise<[Child, T]> {
    const child = new Child(
      name,
      fork(module, {
        env: environment(options.env),
        execArgv: [...(options.execArgv ?? [])],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      }),
    );
    const ready = new Promise<unknown>((resolve, reject) => child.pending.set(0, { resolve, reject }));
    return [child, (await child.inTime(ready, START_TIMEOUT_MS, 'start')) as T];
  }

  /** Starts another program, which prints one line of JSON when it is ready and ends with its standard input. */
  static async spawn<T>(
    name: string,
    command: string,
    args: readonly string[],
    options: ChildOptions = {},
  ): Promise<[Child, T]> {
    const process = spawn(command, args, { env: environment(options.env), stdio: ['pipe', 'pipe', 'pipe'] });
    const child = new Child(name, process);
    const ready = new Promise<unknown>((resolve, reject) => {
      child.pending.set(0, { resolve, reject });
      let output = '';
      process.stdout.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-KEPT_OUTPUT);
        const line = /^\{.*\}$/m.exec(output)?.[0];
        if (line) resolve(JSON.parse(line));
      });
    });
    return [child, (await child.inTime(ready, START_TIMEOUT_MS, 'start')) as T];
  }

  get pid(): number {
    return this.process.pid as number;
  }

  /** @throws Error when the child fails, ends, or does not answer in time */
  request<T>(type: string, payload: unknown = null, timeoutMs = ANSWER_TIMEOUT_MS): Promise<T> {
    const id = ++this.requests;
    const answered = new Promise<unknown>((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      if (this.ended || !this.process.connected) reject(new Error(`${this.name} has ended. ${this.errors}`));
      else this.process.send({ id, type, payload });
    });
    return this.inTime(answered, timeoutMs, type) as Promise<T>;
  }

  /** Ends the child, by a signal if it does not exit by itself. */
  async stop(): Promise<void> {
    if (this.ended) return;
    // A child exits by itself when the IPC channel closes, so it has time to write a profile.
    if (this.process.connected) this.process.disconnect();
    else this.process.stdin?.end();
    const late = new AbortController();
    const insist = delay(STOP_TIMEOUT_MS, undefined, { signal: late.signal, ref: false }).then(
      () => this.process.kill('SIGKILL'),
      () => undefined,
    );
    await this.exited;
    late.abort();
    await insist;
  }

  /** Kills the child synchronously, for the exit of this process. */
  static killAll(): void {
    for (const child of running) child.process.kill('SIGKILL');
  }

  static async stopAll(): Promise<void> {
    await Promise.all([...running].map((child) => child.stop()));
  }

  private onMessage({ id, ready, result, error }: Record<string, unknown>): void {
    const key = ready === undefined ? (id as number) : 0;
    const pending = this.pending.get(key);
    this.pending.delete(key);
    if (typeof error === 'string') pending?.reject(new Error(`${this.name}: ${error}`));
    else pending?.resolve(ready ?? result);
  }

  private abandon(): void {
    const error = new Error(`${this.name} has ended. ${this.errors}`);
    for (const pending of this.pending.values()) pending.reject(error);
    this.pending.clear();
  }

  private inTime<T>(work: Promise<T>, timeoutMs: number, what: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new Error(`${this.name} did not answer "${what}" within ${timeoutMs} ms. ${this.errors}`);
      timer = setTimeout(() => reject(error), timeoutMs);
    });
    return Promise.race([work, late]).finally(() => clearTimeout(timer));
  }
}

/** Our environment without variables that would configure or instrument the child. */
function environment(env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('WS_') && name !== 'NODE_OPTIONS' && name !== 'NODE_ENV',
  );
  return { ...Object.fromEntries(inherited), ...env };
}

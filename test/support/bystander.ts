import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import type { Service } from './service.js';

export interface Echoes {
  count: number;
  /** The 99th percentile in milliseconds, without the time spent waiting for a processor. */
  p99: number;
}

/** A client that sends echo requests during an attack and measures the response times. */
export class Bystander {
  readonly #process: ChildProcessWithoutNullStreams;
  #output = '';

  private constructor(service: Service & { url: string }, token: string) {
    const script = 'test/support/echoing-peer.mjs';
    const url = `${service.url.replace('http://localhost', 'ws://127.0.0.1')}/ws`;
    const order = JSON.stringify({ url, token, pid: service.process.pid });
    this.#process = spawn(process.execPath, [script, order], { env: {} });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
  }

  /** Resolves when its first request was answered. */
  static async connect(service: Service & { url: string }, token: string): Promise<Bystander> {
    const bystander = new Bystander(service, token);
    await Promise.race([once(bystander.#process.stdout, 'data'), once(bystander.#process, 'close')]);
    return bystander;
  }

  /** Closes the connection. Rejects if it was closed or failed before. */
  async leave(): Promise<Echoes> {
    this.#process.stdin.end();
    if (this.#process.exitCode === null) await once(this.#process, 'close');
    if (this.#process.exitCode !== 0) throw new Error(`the bystander failed: ${this.#output}`);
    return JSON.parse(this.#output.trim().split('\n').at(-1) as string) as Echoes;
  }
}

import type { OperatorProblem, WriteAnswer } from 'nestjs-ws-security/admin';
import { mintToken } from './tokens.js';

/** An answer of the operator's API. */
export interface Answered<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** Somebody who uses the operator's API over HTTP. */
export class Operator {
  private constructor(
    private readonly base: string,
    private readonly token: string,
  ) {}

  /** @param url of the service, `ws:` too */
  static async at(url: string, claims: object = {}, options: object = {}): Promise<Operator> {
    const token = await mintToken(
      { sub: 'olga', scope: 'ws:read ws:write', ...claims },
      { expiresIn: 86_400, ...options },
    );
    return new Operator(`${url.replace(/^ws/, 'http')}/ws-admin`, token);
  }

  async request<T = OperatorProblem>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered<T>> {
    const response = await fetched(`${this.base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: JSON.parse(text) as T };
  }

  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.request<T>('GET', path);
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  post(path: string, body: object): Promise<Answered<WriteAnswer>> {
    return this.request('POST', path, { note: 'because', ...body });
  }

  /** Listens to events until `stop()`. */
  async listen(query = '', headers: Record<string, string> = {}): Promise<EventTail> {
    const stop = new AbortController();
    const response = await fetched(`${this.base}/events${query}`, {
      headers: { authorization: `Bearer ${this.token}`, ...headers },
      signal: stop.signal,
    });
    return new EventTail(response, stop);
  }
}

/** One server-sent event. */
export interface Sent {
  readonly id?: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Events as they arrive. */
export class EventTail {
  readonly sent: Sent[] = [];
  readonly ended: Promise<void>;
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly response: Response,
    private readonly abort: AbortController,
  ) {
    this.ended = this.read();
  }

  /** Resolves with the first event for which it holds. */
  until(holds: (sent: Sent) => boolean): Promise<Sent> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.sent.find(holds);
        if (!found) return;
        this.waiting.delete(check);
        resolve(found);
      };
      this.waiting.add(check);
      check();
    });
  }

  stop(): void {
    this.abort.abort();
  }

  private async read(): Promise<void> {
    let text = '';
    try {
      for await (const chunk of this.response.body as unknown as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString();
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) this.add(block);
        for (const check of this.waiting) check();
      }
    } catch {
      // Stopped.
    }
  }

  private add(block: string): void {
    const fields = Object.fromEntries(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    if (fields['event'] === undefined) return;
    const data = JSON.parse(fields['data'] ?? '{}') as Record<string, unknown>;
    this.sent.push({ ...(fields['id'] !== undefined && { id: fields['id'] }), event: fields['event'], data });
  }
}

/** A test that moves time ends kept connections, which `fetch` only finds out when it uses them. */
function fetched(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, init).catch((error: unknown) => {
    if ((error as { cause?: { code?: string } }).cause?.code !== 'UND_ERR_SOCKET') throw error;
    return fetch(url, init);
  });
}

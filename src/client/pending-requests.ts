import { RequestError, type RequestErrorCode } from './request.error.js';
import { Timer } from './timer.js';

/** Beyond this number, requests are rejected as `OVERLOADED` without being sent. */
export const MAX_PENDING_REQUESTS = 1024;

/** Options of one `WsClient.request()`. @publicApi */
export interface RequestOptions {
  /** Milliseconds; default `WsClientOptions.requestTimeoutMs`. */
  timeoutMs?: number;
  /** Cancels the wait for the reply. The server is not notified. */
  signal?: AbortSignal;
}

interface Pending {
  /** The frame, until it is sent. */
  unsent: string;
  settle(error: RequestError | null, data?: unknown): void;
  fail: (code: RequestErrorCode, cause?: unknown) => void;
}

/**
 * Keeps requests until there is a connection, matches replies with them, and ends every request: by a reply, a
 * timeout, a signal or the loss of the connection that it was sent on.
 */
export class PendingRequests {
  readonly #pending = new Map<unknown, Pending>();
  /** Returns whether there was a connection. */
  readonly #send: (text: string) => boolean;
  #lastId = 0;

  constructor(send: (text: string) => boolean) {
    this.#send = send;
  }

  /** `encode` returns the frame with an id. `waits`: the request may wait for a connection. */
  start<T>(
    encode: (id: number) => string,
    waits: boolean,
    timeoutMs: number,
    signal?: AbortSignal,
  ): Promise<T> {
    const pending = this.#pending;
    return new Promise<T>((resolve, reject) => {
      const id = ++this.#lastId;
      const timer = new Timer();
      const abort = (): void => request.fail('ABORTED', signal?.reason);
      const request: Pending = {
        unsent: '',
        fail: (code, cause) => request.settle(new RequestError(code, code, { cause })),
        settle(error, data) {
          pending.delete(id);
          timer.stop();
          signal?.removeEventListener('abort', abort);
          if (error) reject(error);
          else resolve(data as T);
        },
      };
      if (signal?.aborted) return abort();
      if (pending.size >= MAX_PENDING_REQUESTS) return request.fail('OVERLOADED');
      pending.set(id, request);
      timer.start(timeoutMs, () => request.fail(request.unsent ? 'NOT_OPEN' : 'TIMEOUT'));
      signal?.addEventListener('abort', abort);
      try {
        request.unsent = encode(id);
        this.#transmit(request);
        if (request.unsent && !waits) request.fail('NOT_OPEN');
      } catch (cause) {
        request.fail('BAD_MESSAGE', cause);
      }
    });
  }

  /** Replies to requests that have already ended are ignored. */
  settle(id: unknown, error: RequestError | null, data?: unknown): void {
    this.#pending.get(id)?.settle(error, data);
  }

  /** Sends the requests that wait for a connection. */
  flush(): void {
    for (const request of this.#pending.values()) this.#transmit(request);
  }

  /** Rejects the requests that were sent and, if no connection will follow, the others. */
  disconnect(final: boolean, cause?: unknown): void {
    for (const { unsent, fail } of this.#pending.values()) {
      if (!unsent || final) fail(unsent ? 'NOT_OPEN' : 'DISCONNECTED', cause);
    }
  }

  #transmit(request: Pending): void {
    if (request.unsent && this.#send(request.unsent)) request.unsent = '';
  }
}

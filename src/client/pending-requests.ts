import type { ErrorBody } from '../protocol/envelope.js';
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

type Settle = (error: RequestError | null, data?: unknown) => void;

/**
 * Matches replies with requests, and ends every request: by a reply, a timeout, a signal or the loss of the
 * connection.
 */
export class PendingRequests {
  readonly #pending = new Map<unknown, Settle>();
  #lastId = 0;

  /** `transmit` sends the request with an id and returns whether there was a connection. */
  start<T>(transmit: (id: number) => boolean, timeoutMs: number, signal?: AbortSignal): Promise<T> {
    const pending = this.#pending;
    return new Promise<T>((resolve, reject) => {
      const id = ++this.#lastId;
      const timer = new Timer();
      const fail = (code: RequestErrorCode, message: string, cause?: unknown): void =>
        settle(new RequestError(code, message, cause ? { cause } : {}));
      const abort = (): void => fail('ABORTED', 'Aborted', signal?.reason);
      const settle: Settle = (error, data) => {
        pending.delete(id);
        timer.stop();
        signal?.removeEventListener('abort', abort);
        if (error) reject(error);
        else resolve(data as T);
      };
      if (signal?.aborted) return abort();
      if (pending.size >= MAX_PENDING_REQUESTS) return fail('OVERLOADED', 'Too many requests');
      pending.set(id, settle);
      timer.start(timeoutMs, () => fail('TIMEOUT', 'No reply'));
      signal?.addEventListener('abort', abort);
      try {
        if (!transmit(id)) fail('NOT_OPEN', 'Not connected');
      } catch (cause) {
        fail('BAD_MESSAGE', 'Not sendable', cause);
      }
    });
  }

  /** Replies to requests that have already ended are ignored. */
  resolve(id: unknown, data: unknown): void {
    this.#pending.get(id)?.(null, data);
  }

  reject(id: unknown, error: ErrorBody | RequestError): void {
    this.#pending.get(id)?.(new RequestError(error.code, error.message, error));
  }

  disconnect(): void {
    for (const settle of this.#pending.values()) {
      settle(new RequestError('DISCONNECTED', 'Disconnected'));
    }
  }
}

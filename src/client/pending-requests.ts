import type { ErrorBody } from '../protocol/envelope.js';
import { RequestError } from './request.error.js';
import { Timer } from './timer.js';

/** More would mean that nobody reads the answers: further requests are refused as `OVERLOADED`, unsent. */
export const MAX_PENDING_REQUESTS = 1024;

export interface RequestOptions {
  /** Milliseconds; default `WsClientOptions.requestTimeoutMs`. */
  timeoutMs?: number;
  /** Gives the reply up; the server is not told. */
  signal?: AbortSignal;
}

interface Pending {
  settle(outcome: RequestError | { data: unknown }): void;
}

/** Finds the request an answer belongs to, and sees that every request ends: by answer, time, signal or loss. */
export class PendingRequests {
  private readonly pending = new Map<unknown, Pending>();
  private lastId = 0;

  /** `transmit` sends the request under the id it is given and says whether there was a connection. */
  start<T>(transmit: (id: number) => boolean, timeoutMs: number, signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(aborted(signal));
    if (this.pending.size >= MAX_PENDING_REQUESTS) {
      return Promise.reject(new RequestError('OVERLOADED', 'Too many requests are waiting for their reply'));
    }
    const id = ++this.lastId;
    const reply = this.register<T>(id, timeoutMs, signal);
    try {
      if (!transmit(id)) this.fail(id, new RequestError('NOT_OPEN', 'The connection is not open'));
    } catch (cause) {
      this.fail(id, new RequestError('BAD_MESSAGE', 'The request cannot be serialised as JSON', { cause }));
    }
    return reply;
  }

  /** Answers to requests that have already ended are dropped. */
  resolve(id: unknown, data: unknown): void {
    this.pending.get(id)?.settle({ data });
  }

  reject(id: unknown, body: ErrorBody): void {
    this.fail(id, new RequestError(body.code, body.message, body));
  }

  disconnect(): void {
    for (const request of this.pending.values()) {
      request.settle(new RequestError('DISCONNECTED', 'The connection ended before the reply'));
    }
  }

  private register<T>(id: number, timeoutMs: number, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const timer = new Timer();
      const abort = (): void => this.fail(id, aborted(signal));
      this.pending.set(id, {
        settle: (outcome) => {
          this.pending.delete(id);
          timer.stop();
          signal?.removeEventListener('abort', abort);
          if (outcome instanceof RequestError) reject(outcome);
          else resolve(outcome.data as T);
        },
      });
      timer.start(timeoutMs, () => this.fail(id, new RequestError('TIMEOUT', 'No reply in time')));
      signal?.addEventListener('abort', abort);
    });
  }

  private fail(id: unknown, error: RequestError): void {
    this.pending.get(id)?.settle(error);
  }
}

function aborted(signal?: AbortSignal): RequestError {
  return new RequestError('ABORTED', 'The request was aborted', { cause: signal?.reason as unknown });
}

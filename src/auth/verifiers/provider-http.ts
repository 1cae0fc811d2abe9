import type { Clock } from '../../time/clock.js';
import { faultOf, ProviderFault } from './provider-fault.js';

const MAX_RESPONSE_BYTES = 262_144;

/** The time limit of a request to a provider. */
export interface ProviderTimeout {
  clock: Clock;
  /** From the request to the last byte of the answer. */
  timeoutMs: number;
}

export interface ProviderRequest extends ProviderTimeout {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string | URLSearchParams;
}

/**
 * Requests a JSON object from a provider. Redirects are not followed, because they could send a secret to another
 * host.
 *
 * @throws ProviderFault if the answer is not 200 with a JSON object, too long or too late
 */
export async function requestJson(
  url: string,
  { clock, timeoutMs, ...init }: ProviderRequest,
): Promise<Record<string, unknown>> {
  const deadline = new AbortController();
  const stop = clock.every(timeoutMs, () =>
    deadline.abort(new ProviderFault(`no answer within ${timeoutMs} ms`)),
  );
  try {
    const response = await fetch(url, {
      ...init,
      headers: { accept: 'application/json', ...init.headers },
      redirect: 'error',
      signal: deadline.signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new ProviderFault(`status ${response.status}`);
    }
    return objectOf(await textOf(response));
  } catch (error) {
    throw faultOf(error);
  } finally {
    stop();
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_RESPONSE_BYTES) throw new ProviderFault('too long');
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new ProviderFault('not UTF-8');
  }
}

function objectOf(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message would quote the answer.
    throw new ProviderFault('not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ProviderFault('not a JSON object');
  return value as Record<string, unknown>;
}

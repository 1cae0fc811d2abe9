import { ProviderUnavailableError } from '../../errors/provider-unavailable.error.js';

/** Why an answer of a provider cannot be used. It contains nothing of the answer, so that operators can be told. */
export class ProviderFault extends ProviderUnavailableError {
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`no usable answer of a provider: ${reason}`, options);
  }
}

/** A code of Node or of its `fetch()`, for example `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
const CODE = /^[A-Z][A-Z\d_]{1,63}$/;

/** What a request has failed with. */
export function faultOf(error: unknown): ProviderFault {
  if (error instanceof ProviderFault) return error;
  const { code } = ((error as Error | undefined)?.cause ?? {}) as NodeJS.ErrnoException;
  const isKnown = typeof code === 'string' && CODE.test(code);
  return new ProviderFault(isKnown ? `the request failed (${code})` : 'the request failed', { cause: error });
}

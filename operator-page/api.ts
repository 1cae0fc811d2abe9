import type { OperatorProblem } from 'nestjs-ws-security/admin';

type Query = Readonly<Record<string, string | undefined>>;

type Asked = Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> };

const DEADLINE_MS = 15_000;

/** The service answered with an error. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** Asks the service. The token is nowhere else. */
export class Api {
  #token = '';
  /** The page is at the path of the API. */
  readonly #base = location.pathname.replace(/\/+$/, '');

  /** @param refused called when the token is not valid any more */
  constructor(private readonly refused: () => void) {}

  signIn(token: string): void {
    this.#token = token;
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    const response = await this.open(path, query, { signal: AbortSignal.timeout(DEADLINE_MS) });
    return (await response.json()) as T;
  }

  async write<T>(method: string, path: string, body: object, isDryRun: boolean): Promise<T> {
    const response = await this.open(path, isDryRun ? { dryRun: 'true' } : {}, {
      method,
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return (await response.json()) as T;
  }

  /** @throws ApiError */
  async open(path: string, query: Query, { headers, ...init }: Asked): Promise<Response> {
    const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = set.length > 0 ? `?${new URLSearchParams(set)}` : '';
    const token = this.#token;
    const response = await fetch(`${this.#base}${path}${search}`, {
      ...init,
      headers: { ...headers, ...(token !== '' && { Authorization: `Bearer ${token}` }) },
      // A guard of the application may want its cookie.
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    if (response.ok) return response;
    const problem = (await response.json().catch(() => ({}))) as Partial<OperatorProblem>;
    if (response.status === 401) this.refused();
    const wait = response.headers.get('Retry-After');
    throw new ApiError(response.status, textOf(response.status, problem, wait));
  }
}

function textOf(status: number, { title, detail }: Partial<OperatorProblem>, wait: string | null): string {
  if (status === 429) return `Too many requests. Try again in ${wait ?? 60} s.`;
  if (status === 401) return 'The token is not valid.';
  return `${title ?? `The service answered ${status}`}${detail === undefined ? '' : `: ${detail}`}.`;
}

/** What went wrong, for the operator. */
export function explain(error: unknown): string {
  return error instanceof ApiError ? error.message : 'The service cannot be reached.';
}

/** The server answered, and it will answer the same next time. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

/** Who is signed in. The token lives in memory only, so that a reload or another tab has none to steal. */
export class Session {
  private token: string | null = null;
  private usableUntil = 0;

  /** @param lifetimeSeconds how long a sign-in lasts before it has to be renewed */
  constructor(
    readonly user: string,
    private readonly lifetimeSeconds: number,
  ) {}

  /**
   * @throws SignInRefused when trying again cannot help
   * @throws Error when the service cannot be reached or has a problem of its own
   */
  async credential({ reauthenticate }: { reauthenticate: boolean }): Promise<string> {
    if (this.token !== null && !reauthenticate && Date.now() < this.usableUntil) return this.token;
    this.token = await this.signIn();
    return this.token;
  }

  /** The token may have been revoked: the next connection needs another one. */
  forget(): void {
    this.token = null;
  }

  private async signIn(): Promise<string> {
    const response = await fetch('/auth/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: this.user, expiresInSeconds: this.lifetimeSeconds }),
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw refusal(response.status);
    const { accessToken, expiresIn } = (await response.json()) as { accessToken: string; expiresIn: number };
    this.usableUntil = Date.now() + expiresIn * 1000;
    return accessToken;
  }
}

function refusal(status: number): Error {
  const text = `Signing in was answered ${status}`;
  const final = status < 500 && status !== 408 && status !== 429;
  return final ? new SignInRefused(text) : new Error(text);
}

/** The server refused the sign-in, and would refuse it again. */
export class SignInRefused extends Error {
  override readonly name = 'SignInRefused';
}

/**
 * The user who is signed in. The token is kept in memory only, so that it cannot be stolen after a reload or from
 * another tab.
 */
export class Session {
  private token: string | null = null;
  private usableUntil = 0;

  /** @param lifetimeSeconds lifetime of a token before it has to be renewed */
  constructor(
    readonly user: string,
    private readonly lifetimeSeconds: number,
  ) {}

  /**
   * @throws SignInRefused if a retry cannot help
   * @throws Error if the service cannot be reached or fails
   */
  async credential({ reauthenticate }: { reauthenticate: boolean }): Promise<string> {
    if (this.token !== null && !reauthenticate && Date.now() < this.usableUntil) return this.token;
    this.token = await this.signIn();
    return this.token;
  }

  /** Drops the token, which may have been revoked. The next connection gets a new one. */
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

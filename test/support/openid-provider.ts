import { fork, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { JWK } from 'jose';

export interface Client {
  id: string;
  secret: string;
}

interface StartOptions {
  keys: JWK[];
  clients: Client[];
  /** Default: a free port. */
  port?: number;
  tls?: { cert: string; key: string };
}

interface Message {
  issuer?: string;
  counts?: Record<string, number>;
}

/** Creates a private signing key. */
export function privateJwk(kid: string): JWK {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...(privateKey.export({ format: 'jwk' }) as JWK), kid, use: 'sig', alg: 'ES256' };
}

const running = new Set<ChildProcess>();

// A failed test must not leave a provider running.
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A real OpenID provider on the loopback, in its own process that can be killed. */
export class OpenidProvider {
  private constructor(
    private readonly child: ChildProcess,
    readonly issuer: string,
  ) {}

  static async start(options: StartOptions): Promise<OpenidProvider> {
    const child = fork('test/support/openid-server.mjs', [JSON.stringify({ port: 0, ...options })], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    running.add(child);
    let complaints = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    const { issuer } = await Promise.race([
      nextMessage(child),
      new Promise<never>((_resolve, reject) => {
        child.once('exit', () => reject(new Error(`the provider did not start: ${complaints}`)));
      }),
    ]);
    return new OpenidProvider(child, issuer as string);
  }

  get port(): number {
    return Number(new URL(this.issuer).port);
  }

  /** Kills the process, like a crash. */
  async kill(): Promise<void> {
    if (!running.has(this.child)) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
    running.delete(this.child);
  }

  /** Publishes these keys and signs with the first one. */
  async rotate(keys: JWK[]): Promise<void> {
    await this.ask({ rotate: keys });
  }

  /** The number of requests for a path. */
  async count(path: string): Promise<number> {
    const { counts } = await this.ask({});
    return counts?.[path] ?? 0;
  }

  /** Requests an access token by the client credentials grant (RFC 6749 §4.4) for a resource (RFC 8707). */
  async token(client: Client, resource: string, ca?: string): Promise<string> {
    const grant = { grant_type: 'client_credentials', scope: 'chat:read chat:write', resource };
    const { status, body } = await this.post('/token', client, grant, ca);
    if (status !== 200) throw new Error(`no token: ${status} ${body}`);
    return (JSON.parse(body) as { access_token: string }).access_token;
  }

  /** Revokes a token (RFC 7009). */
  async revoke(client: Client, token: string): Promise<void> {
    const { status, body } = await this.post('/token/revocation', client, { token });
    if (status !== 200) throw new Error(`not revoked: ${status} ${body}`);
  }

  private post(
    path: string,
    { id, secret }: Client,
    form: Record<string, string>,
    ca?: string,
  ): Promise<{ status: number; body: string }> {
    const send = this.issuer.startsWith('https:') ? tlsRequest : request;
    return new Promise((resolve, reject) => {
      const call = send(
        `${this.issuer}${path}`,
        {
          method: 'POST',
          // A kept connection may belong to a provider that was killed.
          agent: false,
          auth: `${id}:${secret}`,
          ca,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        },
      );
      call.on('error', reject);
      call.end(new URLSearchParams(form).toString());
    });
  }

  private ask(message: { rotate?: JWK[] }): Promise<Message> {
    const answer = nextMessage(this.child);
    this.child.send(message);
    return answer;
  }
}

function nextMessage(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as Message)));
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { ownPort } from './own-port.js';

type Answer = (response: ServerResponse, body: string) => void;

export interface SeenRequest {
  method: string;
  path: string;
  authorization: string | undefined;
  contentType: string | undefined;
  body: string;
}

/** An authorization server on the loopback with discovery, keys and introspection, whose answers can be replaced. */
export class IdentityProvider {
  readonly requests: SeenRequest[] = [];
  keys: JWK[] = [];
  /** Introspection responses by token. Unknown tokens are not active. */
  readonly tokens = new Map<string, Record<string, unknown>>();
  /** Replaced answers by path. */
  readonly answers = new Map<string, Answer>();
  private readonly waiting: { path: string; seen: () => void }[] = [];

  private constructor(private server: Server) {}

  static async start(port?: number): Promise<IdentityProvider> {
    const provider = new IdentityProvider(createServer());
    await provider.listen(port ?? (await ownPort()));
    return provider;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get issuer(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  count(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  /** As after the start. */
  forget(): void {
    this.requests.length = 0;
    this.keys = [];
    this.tokens.clear();
    this.answers.clear();
  }

  /** Resolves when the next request for the path has arrived. */
  nextRequest(path: string): Promise<void> {
    return new Promise((seen) => this.waiting.push({ path, seen }));
  }

  /** Stops listening until `restart()`. @returns the port */
  async stop(): Promise<number> {
    const { port } = this;
    await this.close();
    return port;
  }

  async restart(port: number): Promise<void> {
    this.server = createServer();
    await this.listen(port);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async listen(port: number): Promise<void> {
    // Only the client closes idle connections.
    this.server.keepAliveTimeout = 0;
    this.server.on('request', (request, response) => void this.handle(request, response));
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const path = request.url ?? '';
    this.requests.push({
      method: request.method ?? '',
      path,
      authorization: request.headers.authorization,
      contentType: request.headers['content-type'],
      body,
    });
    for (const { seen } of this.waiting.filter((one) => one.path === path)) seen();
    const answer = this.answers.get(path);
    if (answer) answer(response, body);
    else json(this.usual(path, body))(response, body);
  }

  private usual(path: string, body: string): unknown {
    if (path === '/.well-known/openid-configuration')
      return { issuer: this.issuer, jwks_uri: `${this.issuer}/jwks` };
    if (path === '/jwks') return { keys: this.keys };
    return this.tokens.get(new URLSearchParams(body).get('token') ?? '') ?? { active: false };
  }
}

export const json =
  (value: unknown, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));

export const text =
  (value: string): Answer =>
  (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(value);

export const redirect =
  (location: string): Answer =>
  (response) =>
    response.writeHead(307, { location }).end();

/** Accepts the request and never answers. */
export const hang: Answer = () => undefined;

import type { ConnectionRegistry } from 'nestjs-ws-security';
import { type Frame, TestClient } from './test-client.js';
import { mintToken } from './tokens.js';

export interface Resume {
  token: string;
  seq: number;
  recovered: boolean;
}

export interface Resuming {
  client: TestClient;
  resume: Resume;
}

/** A client of `ws-security.v1`, and the session it was told. */
export async function connectResuming(
  url: string,
  offer?: { token: string; lastSeq: number },
  claims: object = { sub: 'alice' },
): Promise<Resuming> {
  const protocols = ['ws-security.v1', ...(offer ? [`resume.${offer.token}.${offer.lastSeq}`] : [])];
  const client = await TestClient.connect(url, { protocols, token: await mintToken({ ...claims }) });
  const { data }: Frame = await client.next();
  return { client, resume: data?.['resume'] as Resume };
}

/** The line breaks, and the server hears of it. */
export async function cut({ socket }: TestClient, registry: ConnectionRegistry): Promise<void> {
  const { size } = registry;
  socket.terminate();
  await until(() => registry.size < size);
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

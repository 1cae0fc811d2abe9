import { readdirSync, readFileSync } from 'node:fs';
import { type CallHandler, type NestInterceptor, UseInterceptors } from '@nestjs/common';
import { ConnectedSocket, MessageBody } from '@nestjs/websockets';
import { Throttle } from '@nestjs/throttler';
import { IsString } from 'class-validator';
import {
  type Connection,
  ConnectionRegistry,
  type ConnectionSocket,
  CurrentConnection,
  onEvent,
  SecureGateway,
  WsRoles,
} from 'nestjs-ws-security';
import type { WsClient } from 'nestjs-ws-security/client';
import { map, type Observable } from 'rxjs';
import { WebSocket } from 'ws';
import type { NoteEvents } from '../../docs/examples/typed-events/note-events.js';
import { addNote, openNotes } from '../../docs/examples/typed-events/note.client.js';
import { NoteGateway } from '../../docs/examples/typed-events/note.gateway.js';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

interface PlainEvents {
  requests: {
    shout: { body: { text: string }; reply: { text: string } };
    once: {};
    admin: {};
    nudge: {};
  };
  pushes: { nudged: { by: string } };
}

class ShoutDto {
  @IsString()
  text!: string;
}

class Louder implements NestInterceptor {
  intercept(_context: unknown, next: CallHandler<{ text: string }>): Observable<unknown> {
    return next.handle().pipe(map(({ text }) => ({ text: text.toUpperCase() })));
  }
}

const On = onEvent<PlainEvents>();

@SecureGateway({ path: '/plain' })
class PlainGateway {
  @UseInterceptors(Louder)
  @On('shout')
  shout(@ConnectedSocket() _socket: ConnectionSocket, @MessageBody() { text }: ShoutDto): { text: string } {
    return { text };
  }

  @Throttle({ default: { limit: 1, ttl: 60_000 } })
  @On('once')
  once(): void {}

  @WsRoles('admin')
  @On('admin')
  admin(): void {}

  @On('nudge')
  nudge(@CurrentConnection() connection: Connection): void {
    connection.typed<PlainEvents>().push('nudged', { by: 'you' });
  }
}

let running: RunningApp;

beforeAll(async () => {
  running = await startApp({ gateways: [NoteGateway, PlainGateway] });
});

afterAll(() => running.close());

describe('the example', () => {
  let client: WsClient<NoteEvents>;
  const added: string[] = [];

  beforeAll(async () => {
    const url = `${running.url}/notes`;
    client = openNotes({ url, token: await mintToken(), WebSocket }, (id) => added.push(id));
  });

  afterAll(() => client.close());

  it('has the types that its client sees', async () => {
    const year = String(new Date().getUTCFullYear()).slice(0, 2);
    expect(await addNote(client, 'one')).toEqual([expect.stringMatching(`^${year}`)]);
    const [note] = await client.request('note.list');
    expect(note).toEqual({ id: added[0], text: 'one', addedAt: expect.any(String) as string });
  });

  it('resolves a stream with its first value, and hears all values if it was sent', async () => {
    expect(await client.request('note.export')).toMatchObject({ text: 'one' });
    const heard = new Promise((resolve) => client.onPush('note.export', ({ text }) => resolve(text)));
    client.send('note.export');
    expect(await heard).toBe('one');
  });

  it('acknowledges with null what has no reply, and a stream without values', async () => {
    for (const { id } of await client.request('note.list'))
      expect(await client.request('note.remove', { id })).toBeNull();
    expect(await client.request('note.export')).toBeNull();
  });
});

describe('a handler with onEvent()', () => {
  let client: TestClient;

  beforeAll(async () => {
    client = await TestClient.connect(`${running.url}/plain`, { token: await mintToken() });
  });

  afterAll(() => client.close());

  it('has its interceptors and its validation', async () => {
    expect(await client.request('shout', { text: 'hi' })).toMatchObject({ data: { text: 'HI' } });
    const code = 'VALIDATION_FAILED';
    expect(await client.request('shout', { text: 5 })).toMatchObject({ data: { code } });
  });

  it('has its limits and roles', async () => {
    expect(await client.request('once')).toMatchObject({ event: 'ack', data: null });
    expect(await client.request('once')).toMatchObject({ data: { code: 'RATE_LIMITED' } });
    expect(await client.request('admin')).toMatchObject({ data: { code: 'FORBIDDEN' } });
  });

  it('pushes to its connection', async () => {
    client.send(JSON.stringify({ event: 'nudge' }));
    expect(await client.next()).toEqual({ event: 'nudged', data: { by: 'you' } });
  });
});

it('typed() returns the same object', () => {
  const registry = running.app.get(ConnectionRegistry);
  expect(registry.typed<PlainEvents>()).toBe(registry);
});

it.each(readdirSync('docs/examples/typed-events'))('docs/typed-events.md shows %s', (name) => {
  const file = `docs/examples/typed-events/${name}`;
  const shown = `\`\`\`ts\n// ${file}\n${readFileSync(file, 'utf8')}\`\`\``;
  expect(readFileSync('docs/typed-events.md', 'utf8')).toContain(shown);
});

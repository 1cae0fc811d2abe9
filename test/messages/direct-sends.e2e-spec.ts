import { MessageBody, ConnectedSocket, SubscribeMessage } from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { SecureGateway } from 'nestjs-ws-security';
import type { WebSocket } from 'ws';
import { RawConnection } from '../support/raw-connection.js';
import { close, continuation, ping, text } from '../support/raw-frames.js';
import { startApp, type RunningApp } from '../support/start-app.js';
import { mintToken } from '../support/tokens.js';

class Body {
  @IsString()
  text!: string;
}

/** Uses the client object directly, which the protocol does not need. */
@SecureGateway({ path: '/ws' })
class DirectGateway {
  static seen: string[] = [];

  @SubscribeMessage('twice')
  twice(@ConnectedSocket() client: WebSocket, @MessageBody() { text: body }: Body): string {
    client.send(`direct ${body}`);
    client.pong(body);
    return body;
  }

  @SubscribeMessage('listen')
  listen(@ConnectedSocket() client: WebSocket): void {
    client.on('message', (data: Buffer) => DirectGateway.seen.push(data.toString()));
  }

  @SubscribeMessage('leave')
  leave(@ConnectedSocket() client: WebSocket): string {
    client.close(4000, 'left');
    return 'never sent';
  }
}

let running: RunningApp;
let connection: RawConnection;

beforeAll(async () => {
  running = await startApp({ gateways: [DirectGateway] });
});
beforeEach(async () => {
  DirectGateway.seen = [];
  connection = await RawConnection.open({ url: running.url.replace('ws', 'http'), token: await mintToken() });
});
afterEach(() => connection.destroy());
afterAll(() => running.close());

const message = (event: string, body?: string | number): string =>
  JSON.stringify({ event, data: body === undefined ? undefined : { text: String(body) } });
const answer = (event: string, data: string | number): string =>
  JSON.stringify({ event, data: String(data) });
const together = (...frames: Buffer[]): void => connection.write(Buffer.concat(frames));

describe('answers to the messages of one packet', () => {
  it('keep their order with what a handler sends itself', async () => {
    together(...[1, 2, 3].map((n) => text(message('twice', n))));
    await connection.until(() => connection.messages.length === 6, 'six messages');
    expect(connection.messages).toEqual([1, 2, 3].flatMap((n) => [`direct ${n}`, answer('twice', n)]));
  });

  it('keep their order with pongs', async () => {
    together(text(message('twice', 1)), ping('a'), text(message('twice', 2)));
    await connection.until(() => connection.messages.length === 4, 'four messages');
    expect(connection.messages).toEqual([1, 2].flatMap((n) => [`direct ${n}`, answer('twice', n)]));
    expect(connection.pongs.map(String)).toEqual(['1', 'a', '2']);
  });

  it.each<[what: string, frame: Buffer, code: number]>([
    ['a Close', close(1001), 1001],
    ['a message whose handler closes the connection', text(message('leave')), 4000],
    ['a frame that breaks the protocol', text('x', { rsv: 1 }), 1002],
    ['text that is not UTF-8', text(Buffer.from([0xc3, 0x28])), 1007],
    ['a continuation of nothing', continuation('x'), 1002],
  ])('leave before the close that %s causes, and nothing follows', async (_what, frame, code) => {
    together(text(message('twice', 1)), frame, text(message('twice', 2)));
    await connection.until(() => connection.closing !== undefined, 'a close');
    expect(connection.messages).toEqual(['direct 1', answer('twice', 1)]);
    expect(connection.closing?.readUInt16BE(0)).toBe(code);
  });

  it('leave when the client ends its half of the connection without a Close', async () => {
    together(text(message('twice', 1)), text(message('twice', 2)));
    await connection.finish();
    expect(connection.messages).toHaveLength(4);
  });

  it('have their order when other characters than ASCII are among them', async () => {
    const words = ['plain', 'für', '日本', 'plain again', '😀'];
    together(...words.map((word) => text(message('twice', word))));
    await connection.until(() => connection.messages.length === 10, 'ten messages');
    expect(connection.messages).toEqual(words.flatMap((word) => [`direct ${word}`, answer('twice', word)]));
  });
});

it('a listener of the application hears every message from then on', async () => {
  together(text(message('listen')));
  together(text(message('twice', 0)));
  await connection.until(() => connection.messages.length === 2, 'an answer');
  const texts = [1, 2].map((n) => message('twice', n));
  together(...texts.map((one) => text(one)));
  await connection.until(() => connection.messages.length === 6, 'answers');
  expect(DirectGateway.seen.slice(-2)).toEqual(texts);
});

it('a message in fragments is between others', async () => {
  const [one, two, three] = [1, 2, 3].map((n) => message('twice', n)) as [string, string, string];
  together(
    text(one),
    text(two.slice(0, 5), { fin: false }),
    ping('p'),
    continuation(two.slice(5)),
    text(three),
  );
  await connection.until(() => connection.messages.length === 6, 'answers');
  together(text(one));
  await connection.until(() => connection.messages.length === 8, 'one more');
  expect(connection.messages.filter((_, index) => index % 2 === 1)).toEqual(
    [1, 2, 3, 1].map((n) => answer('twice', n)),
  );
});

it('a whole message within another one breaks the protocol, also in a packet of its own', async () => {
  together(text('{"event":', { fin: false }), ping('p'));
  await connection.until(() => connection.pongs.length === 1, 'a pong');
  together(text(message('twice', 1)));
  await connection.until(() => connection.closing !== undefined, 'a close');
  expect(connection.closing?.readUInt16BE(0)).toBe(1002);
  expect(connection.messages).toEqual([]);
});

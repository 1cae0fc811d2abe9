import { createParamDecorator, type ExecutionContext, NotFoundException } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { WsContextCreator } from '@nestjs/websockets/context/ws-context-creator.js';
import { IsString } from 'class-validator';
import {
  ConnectionRegistry,
  CurrentPrincipal,
  type Principal,
  SecureGateway,
  UnvalidatedBody,
  WsScopes,
} from 'nestjs-ws-security';
import { concat, of, throwError } from 'rxjs';
import { type RunningApp, startApp } from '../support/start-app.js';
import { TestClient } from '../support/test-client.js';
import { mintToken } from '../support/tokens.js';

class TextDto {
  @IsString()
  text!: string;
}

const EventName = createParamDecorator((prefix: string, context: ExecutionContext) => {
  return `${prefix}${context.switchToWs().getPattern()} of ${context.getClass().name}.${context.getHandler().name}`;
});

const Failing = createParamDecorator((): never => {
  throw new NotFoundException('no such room');
});

const Later = createParamDecorator(async () => Promise.resolve('later'));

interface Signal {
  promise: Promise<void>;
  resolve: () => void;
}

function signal(): Signal {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

let begun = signal();
let release = signal();

@SecureGateway({ path: '/direct' })
class DirectGateway {
  private readonly greeting = 'hello';

  @SubscribeMessage('all')
  all(
    @EventName('event ') name: string,
    @MessageBody() body: TextDto,
    @Later() later: string,
    @ConnectedSocket() socket: object,
    @CurrentPrincipal() { id }: Principal,
  ): unknown {
    return [this.greeting, name, body instanceof TextDto, body.text, later, 'send' in socket, id];
  }

  @SubscribeMessage('held')
  async held(): Promise<string> {
    begun.resolve();
    await release.promise;
    return 'held';
  }

  @WsScopes('chat:write')
  @SubscribeMessage('scoped')
  scoped(): string {
    return 'scoped';
  }

  @SubscribeMessage('nothing')
  nothing(): void {
    // Acknowledged.
  }

  @UnvalidatedBody('echoed')
  @SubscribeMessage('position')
  position(client: object, body: unknown, third: unknown): unknown {
    return ['send' in client, body, third === undefined, arguments.length];
  }

  @SubscribeMessage('both')
  both(@Failing() never: string, @MessageBody() body: TextDto): string {
    return body.text + never;
  }

  @SubscribeMessage('throws')
  throws(): never {
    throw new NotFoundException('no such room');
  }

  @SubscribeMessage('rejects')
  rejects(): Promise<never> {
    return Promise.reject(new NotFoundException('no such room'));
  }

  @SubscribeMessage('fails')
  fails(): unknown {
    return concat(
      of(1),
      throwError(() => new NotFoundException('no such room')),
    );
  }

  @SubscribeMessage('order')
  order(@MessageBody() { text }: TextDto): string {
    return text;
  }
}

/** Wraps Nest's calls of handlers as a tracing tool does, and counts them. */
function traced(): { calls: number; end: () => void } {
  const prototype = WsContextCreator.prototype as unknown as { create: (...args: unknown[]) => unknown };
  const { create } = prototype;
  const trace = { calls: 0, end: () => void (prototype.create = create) };
  prototype.create = function (...args) {
    const handler = create.apply(this, args) as (...args: unknown[]) => unknown;
    return (...given: unknown[]) => {
      trace.calls++;
      return handler(...given);
    };
  };
  return trace;
}

const NO_ROOM = { status: 'error', code: 'REJECTED', message: 'no such room', reason: 'NOT_FOUND' };

describe.each(['directly', 'by Nest, whose calls a tool has wrapped'])(
  'a handler that is called %s',
  (way) => {
    let app: RunningApp;
    let client: TestClient;
    let trace: ReturnType<typeof traced> | undefined;

    beforeAll(async () => {
      trace = way === 'directly' ? undefined : traced();
      app = await startApp({ gateways: [DirectGateway] });
      client = await TestClient.connect(`${app.url}/direct`, { token: await mintToken({ sub: 'alice' }) });
    });

    afterAll(async () => {
      await app.close();
      trace?.end();
    });

    it('gets its arguments from decorators of Nest, of the module and of the application', async () => {
      const { data } = await client.request('all', { text: 'hi' });
      expect(data).toEqual(['hello', 'event all of DirectGateway.all', true, 'hi', 'later', true, 'alice']);
    });

    it('gets client and body by position if it has no decorators', async () => {
      expect((await client.request('position', { any: 1 })).data).toEqual([true, { any: 1 }, true, 3]);
    });

    it('is not called with a body that is refused', async () => {
      const { data } = await client.request('order', { text: 1 });
      expect(data).toMatchObject({ code: 'VALIDATION_FAILED' });
    });

    it('L5 is answered once if its body is refused and another argument fails, and the process goes on', async () => {
      const unhandled: unknown[] = [];
      const note = (error: unknown): void => void unhandled.push(error);
      process.on('unhandledRejection', note);
      expect((await client.request('both', { text: 1 })).event).toBe('exception');
      expect((await client.request('both', { text: 'hi' })).data).toEqual(NO_ROOM);
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
    });

    it.each(['throws', 'rejects'])('is answered with its error if it %s', async (event) => {
      expect((await client.request(event)).data).toEqual(NO_ROOM);
    });

    it('is answered with the values of its stream, and then with the error', async () => {
      expect((await client.request('fails')).data).toBe(1);
      expect((await client.next()).data).toEqual(NO_ROOM);
    });

    it('is acknowledged if it returns nothing', async () => {
      expect(await client.request('nothing')).toMatchObject({ event: 'ack', data: null });
    });

    it('is seen by a tool that has wrapped the calls of Nest', async () => {
      await client.request('nothing');
      expect(trace === undefined || trace.calls > 0).toBe(true);
    });
  },
);

it('R9 messages that wait for others are called in their order, and asked for their rights again', async () => {
  begun = signal();
  release = signal();
  const app = await startApp({ gateways: [DirectGateway], options: { maxInFlight: 1 } });
  const client = await TestClient.connect(`${app.url}/direct`, { token: await mintToken({ sub: 'alice' }) });
  client.send({ event: 'held', id: 1 });
  client.send({ event: 'scoped', id: 2 });
  client.send({ event: 'order', data: { text: 'last' }, id: 3 });
  await begun.promise;
  await app.app.get(ConnectionRegistry).changeRights('alice', null, { roles: [], scopes: [] });
  release.resolve();
  expect(await client.next()).toMatchObject({ event: 'held', id: 1 });
  expect(await client.next()).toMatchObject({ data: { code: 'FORBIDDEN' }, id: 2 });
  expect(await client.next()).toMatchObject({ data: 'last', id: 3 });
  await app.close();
});

import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import crossws from 'crossws/adapters/node';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { Server as SocketIoServer } from 'socket.io';
import { WebSocket, WebSocketServer } from 'ws';

/** Another WebSocket library on our HTTP server. */
export interface Neighbour {
  readonly name: string;
  /** Starts the library on the server. @returns a function that ends it */
  attach(server: Server): () => unknown;
  /** Lets the library's own client send a message on its own path. @returns the answer */
  greet(url: string): Promise<string>;
  /** How a handshake on an unknown path ends: with the library's status, `cut`, or our 404. */
  readonly unknown: number | 'cut';
}

const echoing = (client: WebSocket): void => {
  client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
};

/** Sends each message after the answer to the previous one. Resolves with the last answer. */
function talk(url: string, messages: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new WebSocket(url, { rejectUnauthorized: false });
    const left = [...messages];
    const sendNext = (last?: string): void => {
      const next = left.shift();
      if (next !== undefined) client.send(next);
      else client.close();
      if (next === undefined && last !== undefined) resolve(last);
    };
    client.on('error', reject);
    client.on('close', (code) => reject(new Error(`closed with ${code}`)));
    client.on('message', (data: Buffer) => sendNext(data.toString()));
    // A Socket.IO server sends the first message.
    if (!url.includes('EIO=4')) client.on('open', () => sendNext());
  });
}

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: { hello: { type: GraphQLString, resolve: () => 'hello' } },
  }),
});

const withoutPath: Neighbour = {
  name: 'a WebSocketServer without a path',
  attach(server) {
    const other = new WebSocketServer({ server }).on('connection', echoing);
    return () => other.close();
  },
  greet: (url) => talk(`${url}/other`, ['hello']),
  unknown: 101,
};

const withPath: Neighbour = {
  name: 'a WebSocketServer with a path',
  attach(server) {
    const other = new WebSocketServer({ server, path: '/other' }).on('connection', echoing);
    return () => other.close();
  },
  greet: (url) => talk(`${url}/other`, ['hello']),
  unknown: 400,
};

const graphqlWs: Neighbour = {
  name: 'graphql-ws',
  attach(server) {
    const { dispose } = useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
    return dispose;
  },
  greet: (url) =>
    new Promise((resolve, reject) => {
      class Client extends WebSocket {
        constructor(address: string, protocols: string[]) {
          super(address, protocols, { rejectUnauthorized: false });
        }
      }
      const client = createClient({ url: `${url}/graphql`, webSocketImpl: Client, retryAttempts: 0 });
      client.subscribe<{ hello: string }>(
        { query: '{ hello }' },
        {
          next: ({ data }) => resolve(String(data?.hello)),
          error: reject,
          complete: () => void client.dispose(),
        },
      );
    }),
  unknown: 400,
};

const socketIo: Neighbour = {
  name: 'Socket.IO',
  attach(server) {
    // Socket.IO cuts unanswered upgrades after this time in milliseconds; the default is 1000.
    const io = new SocketIoServer(server, { destroyUpgradeTimeout: 1 });
    io.on('connection', (socket) => socket.on('echo', (text: string) => socket.emit('echo', text)));
    return () => io.engine.close();
  },
  async greet(url) {
    const answer = await talk(`${url}/socket.io/?EIO=4&transport=websocket`, ['40', '42["echo","hello"]']);
    return (JSON.parse(answer.slice(2)) as string[])[1] as string;
  },
  unknown: 'cut',
};

/** Its hooks are asynchronous: it touches the socket only after they have decided. */
const crosswsWithPath: Neighbour = {
  name: 'crossws',
  attach(server) {
    const other = crossws({
      hooks: {
        upgrade: () => new Promise((resolve) => setImmediate(() => resolve({}))),
        message: (peer, message) => void peer.send(message.text()),
      },
    });
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
      if (request.url === '/other') void other.handleUpgrade(request, socket, head);
    };
    server.on('upgrade', onUpgrade);
    return () => {
      server.off('upgrade', onUpgrade);
      return other.close();
    };
  },
  greet: (url) => talk(`${url}/other`, ['hello']),
  unknown: 404,
};

export const NEIGHBOURS: readonly Neighbour[] = [withoutPath, withPath, graphqlWs, socketIo, crosswsWithPath];

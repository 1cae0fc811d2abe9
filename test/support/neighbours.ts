import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import crossws from 'crossws/adapters/node';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { createClient } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { Server as SocketIoServer } from 'socket.io';
import { WebSocket, WebSocketServer } from 'ws';

/** A WebSocket library of somebody else on our HTTP server. */
export interface Neighbour {
  readonly name: string;
  /** Starts it; ends it with the function that is returned. */
  attach(server: Server): () => unknown;
  /** What its own client is answered on its own path. */
  greet(url: string): Promise<string>;
  /** What a handshake is answered on a path that nobody has: by it, or 404 by us. */
  readonly unknown: number | 'cut';
}

const echoing = (client: WebSocket): void => {
  client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
};

/** Says each thing when the server has answered the one before; resolves with the last answer. */
function talk(url: string, sayings: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new WebSocket(url, { rejectUnauthorized: false });
    const left = [...sayings];
    const say = (last?: string): void => {
      const next = left.shift();
      if (next !== undefined) client.send(next);
      else client.close();
      if (next === undefined && last !== undefined) resolve(last);
    };
    client.on('error', reject);
    client.on('close', (code) => reject(new Error(`closed with ${code}`)));
    client.on('message', (data: Buffer) => say(data.toString()));
    // Servers that speak first are listened to first.
    if (!url.includes('EIO=4')) client.on('open', () => say());
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
    // What it has not seen answered after this time, it cuts; a second when left out.
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

/** Its hooks are asynchronous: the socket is not touched before they have decided. */
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

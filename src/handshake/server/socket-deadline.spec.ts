import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer, type Server } from 'node:https';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { TimerWheel } from '../../time/timer-wheel.js';
import { SocketDeadline } from './socket-deadline.js';

let clock: ManualClock;
let server: Server;
let deadline: SocketDeadline;

beforeEach(async () => {
  clock = new ManualClock();
  server = createServer();
  deadline = new SocketDeadline(server, new TimerWheel(clock), clock);
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
});

afterEach(async () => {
  deadline.detach();
  server.close();
  await once(server, 'close');
});

/** A client whose connection the server has accepted. */
async function open(host: string, localPort?: number): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const arrived = once(server, 'connection');
  const socket = connect({
    host,
    port,
    localAddress: '127.0.0.1',
    ...(localPort !== undefined && { localPort }),
  });
  await Promise.all([arrived, once(socket, 'connect')]);
  return socket;
}

// Other systems do not have the second address.
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('R10 of two silent peers on one port of theirs, at two addresses of ours, both are cut', async () => {
  const first = await open('127.0.0.1');
  const second = await open('127.0.0.2', first.localPort);
  const closed = Promise.all([once(first, 'close'), once(second, 'close')]);
  clock.advance(10_000);
  await closed;
});

/*
 * A client in its own process, so that a test can stop it like a machine that goes to sleep. `ws` answers pings. The
 * process prints a line when it is connected, for each ping, and for the close with its code.
 */
import { WebSocket } from 'ws';

const { url, token } = JSON.parse(process.argv[2]);
const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
socket.on('open', () => process.stdout.write('open\n'));
socket.on('ping', () => process.stdout.write('ping\n'));
socket.on('error', () => undefined);
socket.on('close', (code) => process.stdout.write(`closed ${code}\n`));

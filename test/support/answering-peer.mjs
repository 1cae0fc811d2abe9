/*
 * A client in a process of its own, so that it can be stopped as a machine that goes to sleep is. It answers pings, as
 * `ws` does by itself, and says so, when it is connected, and with which code that ended.
 */
import { WebSocket } from 'ws';

const { url, token } = JSON.parse(process.argv[2]);
const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
socket.on('open', () => process.stdout.write('open\n'));
socket.on('ping', () => process.stdout.write('ping\n'));
socket.on('error', () => undefined);
socket.on('close', (code) => process.stdout.write(`closed ${code}\n`));

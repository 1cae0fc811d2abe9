import { connect } from 'node:net';

const MASK = Buffer.from([1, 2, 3, 4]);

/** One masked client frame (RFC 6455 §5.2) of at most 65,535 bytes. */
export function frame(payload, opcode = 1, isFinal = true) {
  const bytes = Buffer.from(payload);
  const masked = bytes.map((byte, index) => byte ^ MASK[index % 4]);
  const first = (isFinal ? 0x80 : 0) | opcode;
  const head =
    bytes.length < 126
      ? Buffer.from([first, 0x80 | bytes.length])
      : Buffer.from([first, 0xfe, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([head, MASK, masked]);
}

/** A TCP connection of an attacker, from its own source address. */
export class Line {
  constructor(port, from, settings = {}) {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from, allowHalfOpen: true, ...settings });
    this.socket.on('error', () => undefined);
    this.isClosed = false;
    this.closed = this.next('close').then(() => (this.isClosed = true));
  }

  next(event) {
    return new Promise((resolve) => this.socket.once(event, resolve));
  }

  write(bytes) {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Sends a handshake and waits for its answer or the end of the connection. */
  async open(path, token) {
    const lines = [
      `GET ${path} HTTP/1.1`,
      'Host: service.test',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ];
    this.write(`${lines.join('\r\n')}\r\n\r\n`);
    await Promise.race([this.next('data'), this.closed]);
  }

  /** Writes this many bytes, or until the connection is cut. */
  async flood(chunk, bytes) {
    for (let sent = 0; sent < bytes && !this.isClosed && this.socket.writable; sent += chunk.length) {
      if (this.socket.write(chunk)) continue;
      await Promise.race([this.next('drain'), this.closed]);
    }
    this.socket.destroy();
    await this.closed;
  }

  /** Resolves after this many milliseconds, or when the connection is cut. */
  async wait(ms) {
    let timer;
    await Promise.race([new Promise((resolve) => (timer = setTimeout(resolve, ms))), this.closed]);
    clearTimeout(timer);
  }

  destroy() {
    this.socket.destroy();
  }
}

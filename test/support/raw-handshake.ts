import { connect } from 'node:net';

/** Long enough for a slow machine. */
const ANSWER_MS = 20_000;

export interface RawAnswer {
  status: number;
  headers: Map<string, string>;
  body: string;
  /** Everything the server sent until it closed the connection. */
  text: string;
}

/** The headers of a valid handshake. */
export const VALID_HEADERS: Readonly<Record<string, string>> = {
  Host: 'service.test',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};

/** The text of a request. A header whose value is null is left out. */
export function requestText(
  path: string,
  headers: Readonly<Record<string, string | null>> = {},
  requestLine = `GET ${path} HTTP/1.1`,
): string {
  const lines = Object.entries({ ...VALID_HEADERS, ...headers }).flatMap(([name, value]) =>
    value === null ? [] : `${name}: ${value}`,
  );
  return [requestLine, ...lines, '', ''].join('\r\n');
}

/**
 * Writes bytes in one piece, reads until the server closes or upgrades, and parses the answer strictly.
 *
 * @param port of 127.0.0.1, or the path of a Unix socket
 */
export function rawHandshake(port: number | string, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(typeof port === 'string' ? { path: port } : { port, host: '127.0.0.1' }, () =>
      socket.write(bytes),
    );
    socket.setEncoding('latin1');
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`no end of the answer: ${text}`)));
    socket.on('error', reject);
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.startsWith('HTTP/1.1 101') && text.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('close', () => {
      try {
        resolve(parse(text));
      } catch (error) {
        reject(error);
      }
    });
  });
}

function parse(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) [ -~]+$/.exec(statusLine)?.[1];
  if (end === -1 || !status) throw new Error(`not an HTTP/1.1 response: ${JSON.stringify(text)}`);
  const headers = new Map(
    lines.map((line) => {
      const header = /^([A-Za-z-]+): (.*)$/.exec(line);
      if (!header) throw new Error(`not a header line: ${line}`);
      return [(header[1] as string).toLowerCase(), header[2] as string] as const;
    }),
  );
  return { status: Number(status), headers, body: text.slice(end + 4), text };
}

/** One masked text frame (RFC 6455 §5.2) of at most 125 bytes. */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const mask = Buffer.from([1, 2, 3, 4]);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] as number));
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length]), mask, masked]);
}

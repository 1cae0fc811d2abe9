import type { Socket } from 'node:net';

export type CommandArgument = string | number | Buffer;

/** A value, and where the next one begins. */
type Read = readonly [value: unknown, end: number];

/**
 * Runs commands one after the other on a connection that nobody else uses, and ends it: a client takes many times as
 * long for that.
 *
 * @returns what the last one is answered
 */
export function runCommands(
  socket: Socket,
  commands: readonly (readonly CommandArgument[])[],
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    let missing = commands.length;
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let read = readReply(bytes, 0); read; read = readReply(bytes, 0)) {
        const [value, end] = read;
        bytes = bytes.subarray(end);
        if (value instanceof Error) reject(value);
        else if (--missing === 0) resolve(value);
        else continue;
        socket.destroy();
        return;
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.write(Buffer.concat(commands.map(encode)));
  });
}

/** https://redis.io/docs/latest/develop/reference/protocol-spec/ */
function encode(command: readonly CommandArgument[]): Buffer {
  const parts = command.flatMap((argument) => {
    const bytes = Buffer.isBuffer(argument) ? argument : Buffer.from(String(argument));
    return [Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')];
  });
  return Buffer.concat([Buffer.from(`*${command.length}\r\n`), ...parts]);
}

/** @returns undefined when there is not all of it */
function readReply(bytes: Buffer, start: number): Read | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const line = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCodePoint(bytes[start] as number)) {
    case '+':
      return [line, end];
    case '-':
      return [new Error(line), end];
    case ':':
      return [Number(line), end];
    case '$':
      return readText(bytes, end, Number(line));
    case '*':
      return readList(bytes, end, Number(line));
    default:
      throw new Error(`not the protocol of Redis: ${line}`);
  }
}

function readText(bytes: Buffer, start: number, length: number): Read | undefined {
  if (length === -1) return [null, start];
  const end = start + length;
  return bytes.length < end + 2 ? undefined : [bytes.toString('utf8', start, end), end + 2];
}

function readList(bytes: Buffer, start: number, length: number): Read | undefined {
  if (length === -1) return [null, start];
  const list: unknown[] = [];
  let at = start;
  while (list.length < length) {
    const read = readReply(bytes, at);
    if (!read) return undefined;
    list.push(read[0]);
    [, at] = read;
  }
  return [list, at];
}

/** The next expected answer. Pongs and messages are matched separately, so their relative order does not matter. */
export type Expectation =
  | { readonly kind: 'echo'; readonly id: number; readonly text: string }
  | { readonly kind: 'error'; readonly code: string }
  | { readonly kind: 'pong'; readonly payload: Buffer }
  /** null is a close frame without a code. */
  | { readonly kind: 'close'; readonly code: number | null };

/** Bytes to write, or an answer that must arrive before the next bytes are written. */
export type Step = Buffer | Expectation;

export interface Case {
  readonly name: string;
  /** A case without an expected close frame is closed with 1000 at the end. */
  readonly steps: readonly Step[];
}

export interface Chapter {
  readonly title: string;
  /** The security ids that its cases cover. */
  readonly ids: string;
  readonly cases: readonly Case[];
}

interface Echo {
  text?: string;
  /** Size of the message in bytes. It is padded with white space, which JSON allows. */
  size?: number;
}

/** A message that the service answers with the same id and text. */
export function request(id: number, { text = 'hi', size = 0 }: Echo = {}): Buffer {
  const json = Buffer.from(JSON.stringify({ event: 'echo', data: { text }, id }));
  return Buffer.concat([json, Buffer.alloc(Math.max(0, size - json.length), ' ')]);
}

export const echoed = (id: number, text = 'hi'): Expectation => ({ kind: 'echo', id, text });
export const refused = (code: string): Expectation => ({ kind: 'error', code });
export const ponged = (payload: Buffer | string = ''): Expectation => ({
  kind: 'pong',
  payload: Buffer.from(payload),
});
export const closed = (code: number | null): Expectation => ({ kind: 'close', code });

/** Joins frames into one write. */
export const together = (...frames: readonly Buffer[]): Buffer => Buffer.concat(frames);

export const hex = (bytes: Buffer): string =>
  bytes
    .toString('hex')
    .replaceAll(/..(?=.)/g, '$& ')
    .toUpperCase();

/** Cuts bytes into pieces before these offsets. */
export function cut(bytes: Buffer, ...offsets: readonly number[]): Buffer[] {
  const edges = [0, ...offsets, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

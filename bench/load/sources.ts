const ADDRESSES = 20;

/**
 * The source address of the nth connection. One address has about 28,000 ports, and the port of a closed connection is
 * blocked for a minute. On Linux all of 127.0.0.0/8 is local.
 */
export function sourceOf(index: number): string | undefined {
  return process.platform === 'linux' ? `127.0.0.${2 + (index % ADDRESSES)}` : undefined;
}

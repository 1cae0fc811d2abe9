import type { NodesAnswered } from 'nestjs-ws-security/admin';

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** A length of time, roughly. */
export function span(ms: number): string {
  const [unit, name] = UNITS.find(([size]) => ms >= size * 2) ?? [1000, 's'];
  return `${Math.max(0, Math.round(ms / unit))} ${name}`;
}

export const ago = (at: number): string => `${span(Date.now() - at)} ago`;

const times = (options: Intl.DateTimeFormatOptions): ((at: number) => string) => {
  const format = new Intl.DateTimeFormat(undefined, options);
  return (at) => format.format(at);
};
export const date = times({ dateStyle: 'medium', timeStyle: 'short' });
export const clock = times({ timeStyle: 'medium' });
export const minute = times({ timeStyle: 'short' });

export const number = (count: number): string => count.toLocaleString();

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1_048_576 ? `${Math.round(count / 1024)} KiB` : `${Math.round(count / 1_048_576)} MiB`;
}

export const connections = (count: number): string =>
  count === 1 ? '1 connection' : `${number(count)} connections`;

export const nodesText = ({ asked, answered }: NodesAnswered): string =>
  `${answered} of ${asked} ${asked === 1 ? 'node' : 'nodes'}`;

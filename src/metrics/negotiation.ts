import { OPEN_METRICS, PROMETHEUS_TEXT, type TextFormat } from './text-format.js';

/** Versions of OpenMetrics that 1.0.0 can be read as. */
const OPEN_VERSIONS = new Set([undefined, '0.0.1', '1.0.0']);

/**
 * The format that a scraper prefers (RFC 9110 §12.5.1). Who accepts neither gets the older one: a scrape that fails
 * would tell nobody anything.
 */
export function formatFor(accept: string | undefined): TextFormat {
  const ranges = (accept ?? '').toLowerCase().split(',').map(rangeOf);
  const open = qualityOf(
    ranges.filter(
      ({ type, parameters }) =>
        type === 'application/openmetrics-text' && OPEN_VERSIONS.has(parameters.get('version')),
    ),
  );
  return open > 0 && open >= qualityOf(ranges.filter(isOlderText)) ? OPEN_METRICS : PROMETHEUS_TEXT;
}

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function rangeOf(text: string): MediaRange {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const pairs = rest.map((part) => part.split('=').map((side) => side.trim().replaceAll('"', '')));
  return { type, parameters: new Map(pairs as [string, string][]) };
}

function isOlderText({ type, parameters }: MediaRange): boolean {
  return type === 'text/plain' && [undefined, '0.0.4'].includes(parameters.get('version'));
}

function qualityOf(ranges: readonly MediaRange[]): number {
  const qualities = ranges.map(({ parameters }) => Number(parameters.get('q') ?? 1));
  return Math.max(0, ...qualities.filter((quality) => quality >= 0 && quality <= 1));
}

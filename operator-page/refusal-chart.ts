import type { RefusalsAnswer } from 'nestjs-ws-security/admin';
import { svg } from './dom.js';
import { minute, number } from './texts.js';

const WIDTH = 600;
const HEIGHT = 140;
const TOP = 16;
const BOTTOM = 18;
/** Codes with a colour of their own. */
export const COLOURS = 4;

/** The class of the colour of a code, which is at this place in the answer. */
export const colourOf = (index: number): string => `c${Math.min(index, COLOURS)}`;

/** Refusals of each minute, one bar a minute. The list of codes beside it says the same in words. */
export function refusalChart({ codes, steps, stepMs, from }: RefusalsAnswer): SVGElement {
  const sums = Array.from({ length: steps }, (_, step) =>
    codes.reduce((sum, { perStep }) => sum + (perStep[step] ?? 0), 0),
  );
  const most = Math.max(1, ...sums);
  const width = WIDTH / steps;
  const scale = (HEIGHT - TOP - BOTTOM) / most;
  const end = from + steps * stepMs;
  const bars = sums.map((sum, step) => {
    let y = HEIGHT - BOTTOM;
    const parts = codes.map(({ perStep }, index) => {
      const height = (perStep[step] ?? 0) * scale;
      y -= height;
      return svg('rect', { class: colourOf(index), x: step * width + 2, y, width: width - 4, height });
    });
    const title = svg('title', {}, `${minute(from + step * stepMs)}: ${number(sum)} refusals`);
    return svg('g', {}, title, ...parts);
  });
  const text = (x: number, y: number, anchor: string, content: string): SVGElement =>
    svg('text', { x, y, 'text-anchor': anchor }, content);
  return svg(
    'svg',
    {
      class: 'chart',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': `Refusals a minute from ${minute(from)} to ${minute(end)}, at most ${number(most)}`,
    },
    svg('line', { x1: 0, x2: WIDTH, y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM }),
    ...bars,
    text(0, TOP - 4, 'start', `${number(most)} a minute`),
    text(0, HEIGHT - 4, 'start', minute(from)),
    text(WIDTH, HEIGHT - 4, 'end', minute(end)),
  );
}

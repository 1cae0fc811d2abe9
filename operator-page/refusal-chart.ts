import type { RefusalsAnswer } from 'nestjs-ws-security/admin';
import { h, svg } from './dom.js';
import { minute, number } from './texts.js';

const HEIGHT = 100;
/** Codes with a colour of their own. */
export const COLOURS = 4;

/** The class of the colour of a code, which is at this place in the answer. */
export const colourOf = (index: number): string => `c${Math.min(index, COLOURS)}`;

/** Refusals of each minute, one bar a minute. The list of codes beside it says the same in words. */
export function refusalChart({ codes, steps, stepMs, from }: RefusalsAnswer): HTMLElement {
  const sums = Array.from({ length: steps }, (_, step) =>
    codes.reduce((sum, { perStep }) => sum + (perStep[step] ?? 0), 0),
  );
  const most = Math.max(1, ...sums);
  const bars = sums.map((sum, step) => {
    let y = HEIGHT;
    const parts = codes.map(({ perStep }, index) => {
      const height = ((perStep[step] ?? 0) * HEIGHT) / most;
      y -= height;
      return svg('rect', { class: colourOf(index), x: step + 0.1, y, width: 0.8, height });
    });
    return svg('g', {}, svg('title', {}, `${minute(from + step * stepMs)}: ${number(sum)}`), ...parts);
  });
  const [start, end] = [minute(from), minute(from + steps * stepMs)];
  const chart = svg(
    'svg',
    {
      viewBox: `0 0 ${steps} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': `Refusals a minute from ${start} to ${end}, at most ${number(most)}`,
    },
    ...bars,
  );
  const text = (content: string): HTMLElement => h('span', {}, content);
  return h(
    'div',
    { class: 'card chart muted' },
    text(`${number(most)} a minute`),
    chart,
    h('div', { class: 'row' }, text(start), text(end)),
  );
}

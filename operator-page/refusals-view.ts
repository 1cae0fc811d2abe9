import type { RefusalCount, RefusalsAnswer, TopEntry } from 'nestjs-ws-security/admin';
import type { Desk } from './desk.js';
import { type Child, h, labelled, link, muted, select, value } from './dom.js';
import { colourOf, refusalChart } from './refusal-chart.js';
import { number } from './texts.js';
import { incomplete, View } from './view.js';

/** What was refused in the last minutes, why, and from where. */
export class RefusalsView extends View {
  readonly #window: HTMLSelectElement;
  /** The codes that are unfolded. */
  readonly #unfolded = new Set<string>();

  constructor(private readonly desk: Desk) {
    const window = select([
      ['900000', '15 minutes'],
      ['300000', '5 minutes'],
    ]);
    window.addEventListener('change', () => void this.refresh());
    super('Refusals', h('div', { class: 'tools' }, labelled('The last', window)));
    this.#window = window;
  }

  protected override async load(): Promise<Child[]> {
    const answer = await this.desk.api.get<RefusalsAnswer>('/refusals', { window: this.#window.value });
    return [
      incomplete(answer.nodes),
      answer.codes.length === 0 && muted('Nothing was refused.'),
      refusalChart(answer),
      h('div', { class: 'codes' }, ...answer.codes.map((code, index) => this.#code(code, index))),
    ];
  }

  #code({ stage, code, count, addresses, paths }: RefusalCount, index: number): HTMLElement {
    const key = `${stage} ${code}`;
    const toggle = (event: Event): void => {
      if ((event.target as HTMLDetailsElement).open) this.#unfolded.add(key);
      else this.#unfolded.delete(key);
    };
    return h(
      'details',
      { open: this.#unfolded.has(key), toggle },
      h(
        'summary',
        {},
        h('span', { class: 'count' }, number(count)),
        h('i', { class: `swatch ${colourOf(index)}` }),
        h('b', {}, code),
        h('span', { class: 'muted' }, ` ${stage}`),
      ),
      top('Top addresses', addresses, (address) =>
        link(value(address), () => this.desk.openCard({ address })),
      ),
      top('Top paths', paths, (path) => value(path)),
    );
  }
}

function top(label: string, entries: readonly TopEntry[], show: (text: string) => Child): Child {
  if (entries.length === 0) return undefined;
  const items = entries.map((entry) =>
    h('li', {}, show(entry.value), h('span', { class: 'count' }, number(entry.count))),
  );
  return h('div', {}, h('h3', {}, label), h('ol', { class: 'top-list' }, ...items));
}

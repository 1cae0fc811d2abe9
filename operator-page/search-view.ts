import type { ConnectionPage, RoomPage } from 'nestjs-ws-security/admin';
import { connectionTable } from './connection-table.js';
import type { Desk } from './desk.js';
import { button, type Child, h, labelled, link, select, table, value } from './dom.js';
import { number } from './texts.js';
import { incomplete, View } from './view.js';

type Kind = 'user' | 'address' | 'room' | 'path' | 'connection';

const KINDS = [
  ['user', 'User'],
  ['address', 'Address'],
  ['room', 'Room'],
  ['path', 'Path'],
  ['connection', 'Connection id'],
] as const;

/** Finds connections. With nothing to search for, it lists the newest. */
export class SearchView extends View {
  readonly #kind: HTMLSelectElement;
  readonly #text: HTMLInputElement;
  /** The cursors of the pages until the one that is shown. */
  #cursors: string[] = [];

  constructor(private readonly desk: Desk) {
    const kind = select(KINDS);
    const text = h('input', { type: 'search', autocomplete: 'off', spellcheck: 'false', maxlength: 1024 });
    const submit = (event: Event): void => {
      event.preventDefault();
      this.#search();
    };
    super(
      'Connections',
      h(
        'form',
        { class: 'tools', role: 'search', submit },
        labelled('Search by', kind),
        labelled('Exact value', text),
        h('button', { type: 'submit' }, 'Search'),
      ),
    );
    this.#kind = kind;
    this.#text = text;
  }

  #search(): void {
    this.#cursors = [];
    const wanted = this.#text.value.trim();
    if (this.#kind.value === 'connection' && wanted !== '') this.desk.openCard({ connection: wanted });
    else void this.refresh();
  }

  protected override async load(): Promise<Child[]> {
    const kind = this.#kind.value as Kind;
    const wanted = this.#text.value.trim();
    const filter = wanted === '' || kind === 'connection' ? {} : { [kind]: wanted };
    const [page, rooms] = await Promise.all([
      this.desk.api.get<ConnectionPage>('/connections', { ...filter, cursor: this.#cursors.at(-1) }),
      kind === 'room' && this.desk.api.get<RoomPage>('/rooms', { prefix: wanted, limit: '20' }),
    ]);
    return [
      incomplete(page.nodes),
      rooms && this.#rooms(rooms),
      this.#toCard(kind, wanted),
      connectionTable(this.desk, wanted === '' ? 'Newest connections' : 'Connections', page.connections),
      this.#pages(page.cursor),
    ];
  }

  /** Who is not connected may be banned, too. */
  #toCard(kind: Kind, wanted: string): Child {
    if (wanted === '' || (kind !== 'user' && kind !== 'address')) return undefined;
    return h(
      'p',
      {},
      link(h('span', {}, `Card of ${kind} `, value(wanted)), () => this.desk.openCard({ [kind]: wanted })),
    );
  }

  #rooms({ rooms }: RoomPage): Child {
    const open = (name: string): void => {
      this.#text.value = name;
      this.#search();
    };
    return table(
      'Rooms that begin so',
      ['Room', 'Members'],
      rooms.map(({ name, members }) => [link(value(name), () => open(name)), number(members)]),
    );
  }

  #pages(cursor: string | null): Child {
    const back = (): void => {
      this.#cursors.pop();
      void this.refresh();
    };
    const next = (): void => {
      this.#cursors.push(cursor as string);
      void this.refresh();
    };
    return h(
      'div',
      { class: 'row' },
      this.#cursors.length > 0 && button('Newer', back),
      cursor !== null && button('Older', next),
    );
  }
}

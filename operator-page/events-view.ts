import type { NodesAnswered, OperatorEvent } from 'nestjs-ws-security/admin';
import type { Desk } from './desk.js';
import { button, type Child, h, labelled } from './dom.js';
import { eventRow } from './event-row.js';
import { EventStream, type Filter } from './event-stream.js';
import { nodesText } from './texts.js';
import { View } from './view.js';

/** Rows on the page. */
const MOST_ROWS = 300;
/** Events that wait while it is paused or not looked at. */
const MOST_WAITING = 3000;
/** More at once are not read aloud. */
const MOST_ALOUD = 5;

/** What happens, as it happens. */
export class EventsView extends View {
  readonly #list = h('ol', { class: 'events', role: 'log', 'aria-label': 'Events, the newest first' });
  readonly #state = h('p', { class: 'state', role: 'status' });
  readonly #about = h('span', { class: 'muted' });
  readonly #pauseButton = button('Pause', () => this.#pause(!this.#isPaused));
  readonly #fields = {
    type: h('input', { placeholder: 'ban.*, admin.*', autocomplete: 'off' }),
    user: h('input', { autocomplete: 'off', spellcheck: 'false' }),
    address: h('input', { autocomplete: 'off', spellcheck: 'false' }),
  };
  readonly #stream: EventStream;
  #waiting: HTMLElement[] = [];
  #isPaused = false;
  #frame = 0;
  #stateText = '';
  #isOpen = false;

  constructor(desk: Desk) {
    super('Events');
    this.#stream = new EventStream(desk.api, {
      event: (event: OperatorEvent) => this.#add(eventRow(desk, event)),
      gap: ({ node }) =>
        this.#add(
          h(
            'li',
            { class: 'event', 'data-at': new Date().toISOString() },
            `Some events of node ${desk.nodeName(node)} are missing.`,
          ),
        ),
      nodes: (nodes: NodesAnswered) => (this.#about.textContent = nodesText(nodes)),
      state: (isOpen, text) => {
        this.#isOpen = isOpen;
        this.#stateText = text;
        this.#tell();
      },
    });
    const submit = (event: Event): void => {
      event.preventDefault();
      this.#restart();
    };
    this.body.before(
      h(
        'form',
        { class: 'tools', submit },
        labelled('Type', this.#fields.type),
        labelled('User', this.#fields.user),
        labelled('Address', this.#fields.address),
        h('button', { type: 'submit' }, 'Filter'),
        this.#pauseButton,
      ),
      h('div', { class: 'row' }, this.#state, this.#about),
    );
    this.body.append(this.#list);
  }

  override show(): void {
    this.#stream.start(this.#filter);
  }

  override hide(): void {
    this.#stream.stop();
  }

  /** Events arrive by themselves. */
  override refresh(): Promise<void> {
    return Promise.resolve();
  }

  protected override load(): Promise<Child[]> {
    return Promise.resolve([]);
  }

  /** Forgets what it has shown. */
  clear(): void {
    this.#stream.stop();
    this.#stream.forget();
    this.#waiting = [];
    this.#list.replaceChildren();
  }

  get #filter(): Filter {
    const { type, user, address } = this.#fields;
    const set = (field: HTMLInputElement): string | undefined => field.value.trim() || undefined;
    return { type: set(type), user: set(user), address: set(address) };
  }

  #restart(): void {
    this.clear();
    this.#pause(false);
    this.#stream.start(this.#filter);
  }

  #pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#pauseButton.textContent = isPaused ? 'Go on' : 'Pause';
    this.#tell();
    this.#draw();
  }

  #add(row: HTMLElement): void {
    this.#waiting.push(row);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    this.#draw();
  }

  /** Rows of one frame are added together. */
  #draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#tell();
      if (this.#isPaused || this.#waiting.length === 0) return;
      this.#list.ariaLive = this.#waiting.length > MOST_ALOUD ? 'off' : 'polite';
      for (const row of this.#waiting.splice(0)) this.#insert(row);
    });
  }

  /** The events of different nodes do not arrive in the order of their times. */
  #insert(row: HTMLElement): void {
    const rows = [...this.#list.children] as HTMLElement[];
    this.#list.insertBefore(row, rows.find(({ dataset }) => dataset['at']! <= row.dataset['at']!) ?? null);
    if (rows.length >= MOST_ROWS) this.#list.lastElementChild?.remove();
  }

  #tell(): void {
    const paused = `Paused, ${this.#waiting.length} waiting`;
    const text = this.#isPaused ? paused : this.#stateText;
    this.#state.classList.toggle('open', this.#isOpen && !this.#isPaused);
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }
}

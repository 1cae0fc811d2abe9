import type { WriteAnswer } from 'nestjs-ws-security/admin';
import { type Api, explain } from './api.js';
import { type Act } from './acts.js';
import { type Field, FIELDS } from './act-fields.js';
import { button, element, h, labelled, muted } from './dom.js';
import { connections, nodesText } from './texts.js';

const CHECK = 'Check what it reaches';

/** Asks for a note, says first how many connections an act reaches, and then does it. */
export class ActDialog {
  readonly #dialog = element('act', HTMLDialogElement);

  /** @param done told when something was done */
  constructor(
    private readonly api: Api,
    private readonly done: (text: string) => void,
  ) {}

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  close(): void {
    this.#dialog.close();
    this.#dialog.replaceChildren();
  }

  open(act: Act): void {
    const fields = act.fields.map((name) => FIELDS[name]());
    const note = h('textarea', { required: true, maxlength: 500, rows: 2 });
    const reach = h('p', { class: 'reach', role: 'status' });
    const error = h('p', { class: 'error', role: 'alert' });
    const submit = h('button', { type: 'submit' }, CHECK);
    let isChecked = false;
    let isBusy = false;
    const uncheck = (): void => {
      isChecked = false;
      reach.textContent = '';
      submit.textContent = CHECK;
      submit.className = '';
    };
    const send = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      error.textContent = '';
      submit.setAttribute('aria-disabled', 'true');
      try {
        const answer = await this.#send(act, fields, note.value, !isChecked);
        if (isChecked) {
          this.close();
          this.done(doneText(act, answer));
          return;
        }
        isChecked = true;
        reach.textContent = reachText(act, answer);
        submit.textContent = act.button;
        submit.className = 'danger';
      } catch (caught) {
        error.textContent = explain(caught);
      } finally {
        isBusy = false;
        submit.removeAttribute('aria-disabled');
      }
    };
    const form = h(
      'form',
      {
        input: uncheck,
        submit: (event) => {
          event.preventDefault();
          void send();
        },
      },
      h('h2', { id: 'act-title' }, act.title),
      muted(act.help),
      ...fields.map(({ root }) => root),
      labelled('Note', note, 'Why. It is written into the security event.'),
      reach,
      error,
      h(
        'div',
        { class: 'row' },
        submit,
        button('Cancel', () => this.close()),
      ),
    );
    this.#dialog.replaceChildren(form);
    this.#dialog.showModal();
  }

  #send(act: Act, fields: readonly Field[], note: string, isDryRun: boolean): Promise<WriteAnswer> {
    const { method, path, body } = act;
    const filled = Object.assign({ note }, body, ...fields.map((field) => field.read())) as object;
    return this.api.write<WriteAnswer>(method, path, filled, isDryRun);
  }
}

function reachText({ method }: Act, { reached, nodes }: WriteAnswer): string {
  if (method === 'DELETE') return 'It is in force. Nothing is closed.';
  return `It closes ${connections(reached)} (${nodesText(nodes)} answered).`;
}

function doneText({ title, method }: Act, { reached, nodes, isPending }: WriteAnswer): string {
  if (method === 'DELETE') return `Done: ${title}.`;
  const rest = isPending ? ' It is still going on.' : '';
  return `Done: ${title}. ${connections(reached)} (${nodesText(nodes)} answered).${rest}`;
}

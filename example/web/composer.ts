import { RequestError } from 'nestjs-ws-security/client';
import { element } from './dom.js';

const MAX_CHARACTERS = 100;

interface ComposerHandlers {
  send(text: string): Promise<unknown>;
  /** The message was refused for a reason other than its text. */
  failed(error: RequestError): void;
}

/** The form to write messages. It warns about long texts but allows them, because the server validates them. */
export class Composer {
  private readonly form = element('composer', HTMLFormElement);
  private readonly input = element('text', HTMLInputElement);
  private readonly button = element('send', HTMLButtonElement);
  private readonly counter = element('counter', HTMLElement);
  private readonly error = element('text-error', HTMLElement);
  private joined = false;
  private limited = false;
  /** Number of the current user, so that an answer to a previous user is ignored. */
  private shift = 0;

  constructor(private readonly handlers: ComposerHandlers) {
    this.input.addEventListener('input', () => this.edited());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.submit(this.input.value.trim());
    });
  }

  focus(): void {
    this.input.focus();
  }

  /** Enables sending if the user is in the room and not rate limited. Writing is always possible. */
  allow(change: { joined?: boolean; limited?: boolean }): void {
    this.joined = change.joined ?? this.joined;
    this.limited = change.limited ?? this.limited;
    this.button.disabled = !this.joined || this.limited;
  }

  reset(): void {
    this.shift++;
    this.allow({ joined: false, limited: false });
    this.write('');
  }

  private async submit(text: string): Promise<void> {
    if (text === '' || this.button.disabled) return;
    const { shift } = this;
    this.write('');
    this.focus();
    try {
      await this.handlers.send(text);
    } catch (error) {
      if (shift === this.shift) this.takeBack(text, error);
    }
  }

  /** Puts the text back before the text that was written since. */
  private takeBack(text: string, error: unknown): void {
    this.write(`${text} ${this.input.value}`.trim());
    if (!(error instanceof RequestError)) throw error;
    const own = error.errors?.filter(({ path }) => path === 'text') ?? [];
    if (own.length > 0) this.showError(own.map(({ message }) => message).join(', '));
    else this.handlers.failed(error);
  }

  private write(text: string): void {
    this.input.value = text;
    this.edited();
  }

  private edited(): void {
    this.showError('');
    // Counts like the server: code points, not UTF-16 units, without surrounding white space.
    const count = Array.from(this.input.value.trim()).length;
    this.counter.textContent = `${count}/${MAX_CHARACTERS}`;
    this.counter.classList.toggle('over', count > MAX_CHARACTERS);
  }

  private showError(text: string): void {
    this.input.setAttribute('aria-invalid', String(text !== ''));
    this.error.hidden = text === '';
    this.error.textContent = text;
  }
}

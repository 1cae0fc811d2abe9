import { type AdminAction, failureText } from './admin-actions.js';
import { create, element } from './dom.js';

/** A button for each action, and what came of the last one. Only looks: the server decides who may do what. */
export class AdminPanel {
  private readonly root = element('admin', HTMLElement);
  private readonly user = element('admin-user', HTMLSelectElement);
  private readonly result = element('admin-result', HTMLElement);
  private readonly buttons: HTMLButtonElement[];
  private busy = false;

  constructor(actions: readonly AdminAction[]) {
    this.buttons = actions.map((action) => this.createButton(action));
    element('admin-actions', HTMLElement).append(...this.buttons);
  }

  show(isAdmin: boolean): void {
    this.root.hidden = !isAdmin;
    if (!isAdmin) this.say('');
  }

  private createButton(action: AdminAction): HTMLButtonElement {
    const button = create('button', 'quiet', action.label);
    button.type = 'button';
    button.dataset['action'] = action.name;
    button.addEventListener('click', () => void this.run(action));
    return button;
  }

  private async run(action: AdminAction): Promise<void> {
    if (this.busy) return;
    this.setBusy(true);
    try {
      this.say(await action.run(this.user.value));
    } catch (error) {
      this.say(failureText(error));
    } finally {
      this.setBusy(false);
    }
  }

  /** Not by `disabled`, which would take the keyboard's place away. */
  private setBusy(busy: boolean): void {
    this.busy = busy;
    for (const button of this.buttons) button.setAttribute('aria-disabled', String(busy));
  }

  private say(text: string): void {
    this.result.textContent = text;
  }
}

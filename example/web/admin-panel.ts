import { type AdminAction, failureText } from './admin-actions.js';
import { create, element } from './dom.js';

/** Buttons for the actions of administrators, and the result of the last one. The server decides who may use them. */
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

  /** Does not use `disabled`, because a disabled button loses the focus. */
  private setBusy(busy: boolean): void {
    this.busy = busy;
    for (const button of this.buttons) button.setAttribute('aria-disabled', String(busy));
  }

  private say(text: string): void {
    this.result.textContent = text;
  }
}

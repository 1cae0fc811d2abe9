import type { ClientStatus } from 'nestjs-ws-security/client';
import { countDown } from './countdown.js';
import { createTicker, element } from './dom.js';
import { statusText, wasRefusedSilently } from './status-text.js';

interface StatusHandlers {
  retryNow(): void;
  connectAgain(): void;
}

/** Shows the state of the connection and the possible actions. */
export class StatusView {
  private readonly root = element('status', HTMLElement);
  private readonly text = element('status-text', HTMLElement);
  private readonly refusalHint = element('refusal-hint', HTMLElement);
  private readonly retryNow = element('retry-now', HTMLButtonElement);
  private readonly connectAgain = element('connect-again', HTMLButtonElement);
  private stopCountdown = (): void => {};

  constructor(handlers: StatusHandlers) {
    this.retryNow.addEventListener('click', () => handlers.retryNow());
    this.connectAgain.addEventListener('click', () => handlers.connectAgain());
  }

  /** `signedIn`: a user who is not signed in gets the form instead of the button to connect again. */
  show(status: ClientStatus, signedIn: boolean): void {
    this.stopCountdown();
    this.root.dataset['state'] = status.state;
    this.text.textContent = statusText(status);
    // It stays during the next attempt, so that the page does not jump.
    if (status.state !== 'reconnecting') this.refusalHint.hidden = !wasRefusedSilently(status);
    if (status.retryAt !== null) this.showCountdown(status.retryAt);
    this.offer(status.state === 'waiting', status.state === 'closed' && signedIn);
  }

  private offer(retryNow: boolean, connectAgain: boolean): void {
    const focused = document.activeElement;
    this.retryNow.hidden = !retryNow;
    this.connectAgain.hidden = !connectAgain;
    // Keeps the focus here when the focused button disappears.
    if (focused instanceof HTMLButtonElement && focused.hidden) this.root.focus();
  }

  private showCountdown(retryAt: number): void {
    const ticker = createTicker('countdown');
    this.stopCountdown = countDown(ticker, retryAt);
    this.text.append(' Next attempt in ', ticker, '\u00a0s.');
  }
}

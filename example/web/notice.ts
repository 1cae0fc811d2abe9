import { countDown } from './countdown.js';
import { createTicker, element } from './dom.js';

/** One thing at a time that the user should know about the last action. */
export class Notice {
  private readonly root = element('notice', HTMLElement);
  private waitingUntil = 0;
  private stopCountdown = (): void => {};

  /** While a wait is shown, nothing else is: it explains why sending is off. */
  show(kind: string, text: string): void {
    if (this.waitingUntil === 0) this.say(kind, text);
  }

  /** Shows `text` with the seconds left for `durationMs`, then calls `done`; of several waits the longest counts. */
  wait(kind: string, text: string, durationMs: number, done: () => void): void {
    const end = Date.now() + durationMs;
    if (end <= this.waitingUntil) return;
    this.clear();
    this.waitingUntil = end;
    const ticker = createTicker('notice-countdown');
    this.say(kind, text, ' ', ticker, '\u00a0s');
    this.stopCountdown = countDown(ticker, end, () => {
      this.clear();
      done();
    });
  }

  /** Takes down what the next action makes obsolete; a wait goes on. */
  dismiss(): void {
    if (this.waitingUntil === 0) this.clear();
  }

  clear(): void {
    this.stopCountdown();
    this.waitingUntil = 0;
    this.root.hidden = true;
    this.root.replaceChildren();
    delete this.root.dataset['kind'];
  }

  private say(kind: string, ...content: (string | Node)[]): void {
    this.root.dataset['kind'] = kind;
    // Visible first: a live region announces what changes in it, not that it appears.
    this.root.hidden = false;
    this.root.replaceChildren(...content);
  }
}

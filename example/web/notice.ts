import { countDown } from './countdown.js';
import { createTicker, element } from './dom.js';

/** Shows one message about the last action. */
export class Notice {
  private readonly root = element('notice', HTMLElement);
  private waitingUntil = 0;
  private stopCountdown = (): void => {};

  /** Shows a message, unless a wait is shown: that explains why sending is disabled. */
  show(kind: string, text: string): void {
    if (this.waitingUntil === 0) this.say(kind, text);
  }

  /** Shows `text` with a countdown of `durationMs`, then calls `done`. Of several waits, the longest counts. */
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

  /** Removes the message, but not a wait. */
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
    // Must be visible first: a live region announces changes of its content, but not that it appears.
    this.root.hidden = false;
    this.root.replaceChildren(...content);
  }
}

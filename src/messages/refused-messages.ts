import type { RefusedMessages } from '../observability/security-event.js';
import { shownText } from '../observability/shown-text.js';
import type { ErrorCode } from '../protocol/error-code.js';

/** The number of distinct entries in one report. Clients choose the names of unknown events. */
const MAX_ENTRIES = 8;

/** The refused messages of one connection by code, event and rule. Further kinds are only counted. */
export class RefusedMessagesLog {
  private entries = new Map<string, { -readonly [K in keyof RefusedMessages]: RefusedMessages[K] }>();
  private others = 0;

  /**
   * @param event undefined if it could not be read
   * @param rule what refused the message, undefined if the code says it
   */
  add(code: ErrorCode, event: string | undefined, rule: string | undefined): void {
    const shown = event === undefined ? undefined : shownText(event);
    const key = JSON.stringify([code, shown, rule]);
    const known = this.entries.get(key);
    if (known) known.count++;
    else if (this.entries.size >= MAX_ENTRIES) this.others++;
    else {
      const named = { ...(shown !== undefined && { event: shown }), ...(rule !== undefined && { rule }) };
      this.entries.set(key, { code, ...named, count: 1 });
    }
  }

  /** Returns the entries since the last call, and the number of messages that have none. */
  take(): { refusals: readonly RefusedMessages[]; others?: number } {
    const { entries, others } = this;
    this.entries = new Map();
    this.others = 0;
    return { refusals: [...entries.values()], ...(others > 0 && { others }) };
  }
}

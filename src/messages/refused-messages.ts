import type { RefusedMessages } from '../observability/security-event-fields.js';
import { shownText } from '../observability/shown-text.js';
import type { ErrorCode } from '../protocol/error-code.js';

/** The number of distinct entries in one report. Clients choose the names of unknown events. */
const MAX_ENTRIES = 8;

type Entry = { -readonly [K in keyof RefusedMessages]: RefusedMessages[K] };

/** The refused messages of one connection by code, event and rule. Further kinds are only counted. */
export class RefusedMessagesLog {
  private entries = new Map<string, Entry>();
  private others = 0;
  /** The last message: in a flood, the next one is like it. */
  private last:
    { code: ErrorCode; event: string | undefined; rule: string | undefined; entry: Entry } | undefined;

  /**
   * @param event undefined if it could not be read
   * @param rule what refused the message, undefined if the code says it
   */
  add(code: ErrorCode, event: string | undefined, rule: string | undefined): void {
    const { last } = this;
    if (last?.code === code && last.event === event && last.rule === rule) {
      last.entry.count++;
      return;
    }
    const entry = this.entryOf(code, event === undefined ? undefined : shownText(event), rule);
    if (!entry) {
      this.others++;
      return;
    }
    entry.count++;
    this.last = { code, event, rule, entry };
  }

  /** Undefined if there are too many already. */
  private entryOf(code: ErrorCode, event: string | undefined, rule: string | undefined): Entry | undefined {
    const key = JSON.stringify([code, event, rule]);
    const known = this.entries.get(key);
    if (known || this.entries.size >= MAX_ENTRIES) return known;
    const entry = {
      code,
      ...(event !== undefined && { event }),
      ...(rule !== undefined && { rule }),
      count: 0,
    };
    this.entries.set(key, entry);
    return entry;
  }

  /** Returns the entries since the last call, and the number of messages that have none. */
  take(): { refusals: readonly RefusedMessages[]; others?: number } {
    const { entries, others } = this;
    this.entries = new Map();
    this.others = 0;
    this.last = undefined;
    return { refusals: [...entries.values()], ...(others > 0 && { others }) };
  }
}
